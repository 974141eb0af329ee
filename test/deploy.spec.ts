import 'reflect-metadata';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import pg from 'pg';
import { parseAllDocuments, parseDocument } from 'yaml';
import {
  waitBehind,
  waitForExclusiveUse,
  waitForHead,
  waitForRetry,
  waitPaused,
  waitStarting,
} from '../libs/scheduler/src/wait-reason.js';
import { AppModule } from '../src/app.module.js';
import { readConfig, variableNames } from '../src/config/config.js';
import { version } from '../src/config/version.js';
import { documentOf } from '../src/openapi/document.js';
import { registeredRoutes } from '../src/openapi/openapi.module.js';
import { operations } from '../src/openapi/operations.js';
import { taskErrorCodes } from '../src/queue/domain/task-error-codes.js';
import { metricLabels, metricOf } from './harness/metric-labels.js';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
type Fields = Record<string, Value>;
/** The documents of a YAML file; `<<` merges, as Compose reads it. */
const readYaml = (path: string) =>
  parseAllDocuments(read(path), { merge: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Value;
  });

/** Every mapping in a value, itself included. */
function mappingsIn(value: Value): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(mappingsIn);
  return [value, ...Object.values(value).flatMap(mappingsIn)];
}

/** Values under a key, wherever it stands. */
const allUnder = (key: string, value: Value) =>
  mappingsIn(value).flatMap((fields) => (key in fields ? [fields[key]!] : []));

interface Compose {
  readonly name: string;
  readonly services: Record<string, Fields>;
  readonly volumes: Fields;
}
const compose = readYaml('compose.yaml')[0] as unknown as Compose;
const objects = readYaml('deploy/kubernetes.yaml') as Fields[];
const named = (kind: string) => objects.filter((object) => object.kind === kind);

function expectKnown(names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !variableNames.includes(name))).toEqual([]);
}

let paths: string[];
beforeAll(async () => {
  const app = await NestFactory.create(AppModule.with(readConfig({}), []), { preview: true, logger: false });
  const routes = registeredRoutes(app.get(ModulesContainer));
  paths = Object.keys(documentOf(routes, operations, version).paths);
});

describe('every YAML file of deploy/', () => {
  it('can be read', () => {
    const files = readdirSync(join(root, 'deploy')).filter((name) => /\.ya?ml$/.test(name));
    expect(files.sort()).toEqual(['kubernetes-ingress.yaml', 'kubernetes.yaml', 'prometheus-alerts.yaml']);
    for (const file of files) expect(readYaml(`deploy/${file}`).every(Boolean)).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile').replace(/\\\n\s*/g, '');
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  const words = (instruction: string) =>
    [...final.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map((match) => match[1]!);

  it('builds on one slim image of a Node that the package allows', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]!);
    expect(new Set(images).size).toBe(1);
    const [, major] = /^node:(\d+)-slim$/.exec(images[0]!)!;
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe('>=20.19');
    expect(Number(major)).toBeGreaterThan(20);
  });

  it('ships the build and production packages alone', () => {
    expect(words('COPY')).toEqual([
      '--from=dependencies /app/node_modules ./node_modules',
      '--from=build /app/package.json ./',
      '--from=build /app/dist ./dist',
    ]);
    expect(dockerfile).toContain('RUN npm ci --omit=dev');
  });

  it('runs as node under tini with one volume, and asks a route that there is for its health', () => {
    expect(words('USER')).toEqual(['node']);
    expect(words('VOLUME')).toEqual(['/data']);
    expect(words('ENTRYPOINT')).toEqual(['["tini", "--"]']);
    const [health = ''] = words('HEALTHCHECK');
    expect(paths).toContain(/\$\{process\.env\.PORT\}(\/[\w/]+)/.exec(health)?.[1]);
  });

  it('asks for its health with options that every engine knows', () => {
    // An engine refuses the whole file for an option that is newer than itself, such as Docker 25's --start-interval.
    const options = [...words('HEALTHCHECK')[0]!.matchAll(/--([\w-]+)=/g)].map((match) => match[1]!);
    expect(options).toEqual(['interval', 'timeout', 'start-period']);
  });

  it('sets what the server reads', () => {
    expectKnown(words('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=')[0]!)));
  });

  it('is given neither secrets nor what is made anew', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '.env', 'data', 'dist', 'node_modules']) expect(ignored).toContain(name);
  });
});

describe('compose.yaml', () => {
  const isOurs = ({ image }: Fields) => (image as string).startsWith('headroom:');
  const ours = () => Object.values(compose.services).filter(isOurs);

  it('runs one node alone, or as a profile PostgreSQL, nginx, one api node and two workers', () => {
    const of = (profile: string | null) =>
      Object.keys(compose.services).filter(
        (name) => ((compose.services[name]!.profiles as string[] | undefined)?.[0] ?? null) === profile,
      );
    expect(of(null)).toEqual(['headroom']);
    expect(of('postgres').sort()).toEqual(['api', 'nginx', 'postgres', 'worker']);
    expect(compose.services.worker!.deploy).toEqual({ replicas: 2 });
  });

  it('starts the whole profile with nginx, and not the one node beside it', () => {
    const needed = (name: string): string[] => [
      name,
      ...Object.keys((compose.services[name]!.depends_on as Fields | undefined) ?? {}).flatMap(needed),
    ];
    expect([...new Set(needed('nginx'))].sort()).toEqual(['api', 'nginx', 'postgres', 'worker']);
    for (const path of ['compose.yaml', 'docs/operations.md'])
      expect(read(path)).toMatch(/docker compose --profile postgres up\s+--build nginx/);
  });

  it('names images by a version, ours by that of package.json', () => {
    for (const image of allUnder('image', compose as unknown as Value)) {
      expect(image).toMatch(/^[a-z]+:\d[\w.]*$/);
    }
    expect(ours().map(({ image }) => image)).toEqual(Array(3).fill(`headroom:${version}`));
  });

  it('sets what the server and pg read, and enough for it to start', () => {
    const environments = ours().map(({ environment }) => environment as Fields);
    const names = environments.flatMap((environment) => Object.keys(environment));
    expectKnown(names.filter((name) => name !== 'PGPASSWORD'));
    for (const environment of environments) {
      const given = Object.entries(environment).map(([name, value]) => [
        name,
        String(value as string | number)
          .replace(/\$\{JWT_SECRET:\?[^}]*\}/, 'k'.repeat(48))
          .replace(/\$\{\w+:-([^}]*)\}/, '$1'),
      ]);
      expect(() =>
        readConfig({ ...(Object.fromEntries(given) as Record<string, string>), NODE_ENV: 'production' }),
      ).not.toThrow();
    }
  });

  it('hands the password of PostgreSQL over as it is, whatever is in it', () => {
    const { DATABASE_URL: connectionString, PGPASSWORD: given } = compose.services.api!.environment as {
      DATABASE_URL: string;
      PGPASSWORD: string;
    };
    const { POSTGRES_PASSWORD: set } = compose.services.postgres!.environment as Fields;
    expect(given).toBe(set);
    const before = process.env.PGPASSWORD;
    process.env.PGPASSWORD = 'p@ss:w/rd';
    try {
      expect(new pg.Client({ connectionString })).toMatchObject({ user: 'headroom', host: 'postgres' });
      expect(new pg.Client({ connectionString }).password).toBe('p@ss:w/rd');
    } finally {
      delete process.env.PGPASSWORD;
      if (before !== undefined) process.env.PGPASSWORD = before;
    }
  });

  it('keeps the root file system read-only, with one volume each, and limits CPU and memory', () => {
    for (const service of ours()) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      // The image has an init of its own.
      expect(service).not.toHaveProperty('init');
      expect(service.volumes).toEqual([expect.stringMatching(/^\w+:\/data$/)]);
      expect(service).toMatchObject({ cpus: expect.any(Number), mem_limit: expect.any(String) });
    }
  });

  it('gives nodes more time to stop than they take', () => {
    for (const { environment, stop_grace_period: grace } of ours()) {
      const { HEADROOM_STOP_GRACE_S: stop = 5 } = environment as { HEADROOM_STOP_GRACE_S?: number };
      expect(parseInt(grace as string, 10)).toBeGreaterThan(stop + 4);
    }
  });

  it('publishes one port, on this machine alone, and lets the services of a network reach each other', () => {
    expect(allUnder('ports', compose.services)).toEqual([['127.0.0.1:8000:8000'], ['127.0.0.1:8000:80']]);
    expect(allUnder('network_mode', compose.services)).toEqual([]);
    const { nginx, api, worker } = compose.services;
    expect(nginx!.ports).toEqual(['127.0.0.1:8000:80']);
    expect(api!.environment).toMatchObject({ HOST: '0.0.0.0', TRUST_PROXY: 1, HEADROOM_ROLE: 'api' });
    expect(worker!.environment).toMatchObject({ HOST: '0.0.0.0', HEADROOM_ROLE: 'worker' });
  });

  it('uses no volume or service that is not there', () => {
    const { services, volumes } = compose;
    for (const { depends_on: needed = {} } of Object.values(services)) {
      for (const name of Object.keys(needed as Fields)) expect(services).toHaveProperty(name);
    }
    const mounted = Object.values(services)
      .flatMap(({ volumes: used }) => used as string[])
      .map((volume) => volume.split(':')[0]!)
      .filter((name) => !name.startsWith('.'));
    expect(Object.keys(volumes).sort()).toEqual([...new Set(mounted)].sort());
  });

  it('is explained with a secret that is made once and kept', () => {
    const making = 'echo "JWT_SECRET=$(openssl rand -base64 48)" >> .env';
    for (const path of ['compose.yaml', 'README.md', 'docs/operations.md']) {
      expect([path, read(path).includes(making)]).toEqual([path, true]);
    }
    for (const path of ['compose.yaml', 'README.md', 'docs/operations.md', 'Dockerfile'])
      expect([path, /JWT_SECRET="\$\(.*docker/.test(read(path))]).toEqual([path, false]);
  });
});

describe('deploy/kubernetes.yaml', () => {
  const containers = () => named('Deployment').flatMap((one) => allUnder('containers', one)[0] as Fields[]);

  it('holds an api and a worker deployment, each with a budget for disruptions that selects it', () => {
    const labelsOf = (kind: string) => named(kind).map((one) => allUnder('matchLabels', one)[0]);
    expect(labelsOf('Deployment')).toHaveLength(2);
    expect(labelsOf('PodDisruptionBudget')).toEqual(labelsOf('Deployment'));
    for (const deployment of named('Deployment')) {
      const [selector] = allUnder('matchLabels', deployment);
      const template = allUnder('template', deployment)[0] as { metadata: Fields };
      expect(template.metadata.labels).toEqual(selector);
    }
    expect(allUnder('selector', named('Service'))).toEqual([labelsOf('Deployment')[0]]);
  });

  it('sets what the server reads', () => {
    const settings = named('ConfigMap').flatMap(({ data }) => Object.keys(data as Fields));
    const variables = containers().flatMap(({ env }) => (env as { name: string }[]).map(({ name }) => name));
    const secrets = [...read('deploy/kubernetes.yaml').matchAll(/--from-literal=(\w+)=/g)].map(
      (match) => match[1]!,
    );
    expect(secrets).toContain('JWT_SECRET');
    expectKnown([...settings, ...variables, ...secrets]);
  });

  it('probes routes that there are', () => {
    for (const container of containers()) {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const { path, port } = (container[probe] as { httpGet: { path: string; port: string } }).httpGet;
        expect(paths).toContain(path);
        expect((container.ports as Fields[]).map(({ name }) => name)).toContain(port);
      }
    }
  });

  it('limits CPU and memory, drops every privilege and writes to its volume alone', () => {
    for (const { resources, securityContext, volumeMounts, image } of containers()) {
      expect(image).toBe(`headroom:${version}`);
      expect((resources as { limits: Fields }).limits).toEqual({
        cpu: expect.any(String),
        memory: expect.any(String),
      });
      expect(securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      expect(volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
    }
    expect(allUnder('runAsNonRoot', named('Deployment'))).toEqual([true, true]);
  });

  it('gives pods more time to stop than their server takes', () => {
    for (const deployment of named('Deployment')) {
      const [grace] = allUnder('terminationGracePeriodSeconds', deployment) as number[];
      const variables = allUnder('env', deployment)[0] as { name: string; value?: string }[];
      const stop = Number(variables.find(({ name }) => name === 'HEADROOM_STOP_GRACE_S')?.value ?? 5);
      const sleep = Number((allUnder('command', deployment)[0] as string[] | undefined)?.[1] ?? 0);
      expect(grace).toBeGreaterThan(stop + sleep + 4);
    }
    expect(allUnder('preStop', named('Deployment'))).toHaveLength(1);
  });

  it('spreads the pods of a deployment over hosts', () => {
    for (const deployment of named('Deployment')) {
      const [term] = allUnder('podAffinityTerm', deployment) as Fields[];
      expect(term).toMatchObject({ topologyKey: 'kubernetes.io/hostname' });
      expect(allUnder('matchLabels', term!)).toEqual([allUnder('matchLabels', deployment)[0]]);
    }
  });

  it('has workers count with less memory than the kernel would kill them at', () => {
    const [, worker] = containers();
    const ramGb = (worker!.env as { name: string; value: string }[]).find(
      ({ name }) => name === 'HEADROOM_RAM_GB',
    );
    const [, limitGb] = /^(\d+)Gi$/.exec(
      (worker!.resources as { limits: { memory: string } }).limits.memory,
    )!;
    expect(Number(ramGb!.value)).toBeLessThan(Number(limitGb) - 1);
  });
});

describe('deploy/kubernetes-ingress.yaml', () => {
  const door = readYaml('deploy/kubernetes-ingress.yaml') as Fields[];
  const policies = door.filter(({ kind }) => kind === 'NetworkPolicy');

  it('leads to the Service, by a port that it has, and does not buffer', () => {
    const ingress = door.find(({ kind }) => kind === 'Ingress')!;
    const [service] = named('Service');
    expect(allUnder('service', ingress)).toEqual([
      {
        name: (service!.metadata as Fields).name,
        port: { name: (allUnder('ports', service!)[0] as Fields[])[0]!.name },
      },
    ]);
    expect((ingress.metadata as { annotations: Fields }).annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-body-size': '0',
      'nginx.ingress.kubernetes.io/enable-access-log': 'false',
    });
    for (const value of Object.values((ingress.metadata as { annotations: Fields }).annotations)) {
      expect(typeof value).toBe('string');
    }
  });

  it('selects pods that there are, on the port that they name', () => {
    const [api] = named('Deployment').map((one) => allUnder('matchLabels', one)[0] as Fields);
    expect(policies.map(({ spec }) => (spec as { podSelector: Fields }).podSelector.matchLabels)).toEqual([
      api,
      { 'app.kubernetes.io/name': api!['app.kubernetes.io/name'] },
    ]);
    expect(allUnder('ports', policies)).toEqual(Array(2).fill([{ protocol: 'TCP', port: 'http' }]));
  });
});

describe('deploy/headroom.service', () => {
  const settings = [...read('deploy/headroom.service').matchAll(/^(\w+)=(.*)$/gm)];
  const valuesOf = (key: string) => settings.filter(([, name]) => name === key).map(([, , value]) => value!);
  const variables = Object.fromEntries(valuesOf('Environment').map((pair) => pair.split('=', 2)));

  it('sets what the server reads, and enough for it to start beside a secret', () => {
    expectKnown(Object.keys(variables));
    expect(() => readConfig({ ...variables, JWT_SECRET: 'k'.repeat(48) })).not.toThrow();
    expect(variables.HEADROOM_DATA_DIR).toBe(`/var/lib/${valuesOf('StateDirectory')[0]}`);
  });

  it('signals the server alone, waits for longer than it takes, and ends what is left', () => {
    expect(valuesOf('KillMode')).toEqual(['mixed']);
    const [wait] = valuesOf('TimeoutStopSec').map(Number);
    expect(wait).toBeGreaterThan(Number(variables.HEADROOM_STOP_GRACE_S) + 4);
  });

  it('lets one task run out of memory without the others', () => {
    expect(valuesOf('OOMPolicy')).toEqual(['continue']);
  });

  it('leaves V8 its compiler and the machine its figures', () => {
    const names = settings.map(([, name]) => name);
    expect(names).not.toContain('MemoryDenyWriteExecute');
    expect(names).not.toContain('ProcSubset');
    expect(valuesOf('NoNewPrivileges')).toEqual(['yes']);
  });
});

/** Fails for a metric or a label of a PromQL expression that `GET /metrics` does not have. */
function expectMetrics(expression: string): void {
  const series = [...expression.matchAll(/\b((?:headroom|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
  for (const [, name = '', matchers = ''] of series) {
    const metric = metricOf(name);
    expect([name, metric in metricLabels]).toEqual([name, true]);
    const labels = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map((match) => match[1]!);
    const allowed = [...metricLabels[metric]!, 'job', 'instance'];
    expect([expression, labels.filter((label) => !allowed.includes(label))]).toEqual([expression, []]);
  }
  const groups = [...expression.matchAll(/\b(?:by|on|ignoring) ?\(([^)]*)\)/g)].flatMap((match) =>
    match[1]!.split(',').map((label) => label.trim()),
  );
  const grouped = series.flatMap(([, name = '']) => metricLabels[metricOf(name)]!);
  const allowed = [...grouped, 'job', 'instance', 'le'];
  expect([expression, groups.filter((label) => !allowed.includes(label))]).toEqual([expression, []]);
}

describe('the alert rules', () => {
  const groups = readYaml('deploy/prometheus-alerts.yaml')[0] as {
    groups: { rules: { alert: string; expr: string; labels: Fields; annotations: Fields }[] }[];
  };
  const rules = groups.groups.flatMap((group) => group.rules);

  it('use metrics and labels that there are', () => {
    for (const { expr } of rules) expectMetrics(expr);
  });

  it('have names of their own, a severity and words for whoever is woken up', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations).toEqual({ summary: expect.any(String), description: expect.any(String) });
    }
  });
});

describe('the Grafana dashboard', () => {
  const dashboard = JSON.parse(read('deploy/grafana-dashboard.json')) as {
    panels: { id: number; title: string; targets?: { expr: string; legendFormat: string }[] }[];
    templating: { list: { name: string }[] };
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('uses metrics and labels that there are, and shows them all', () => {
    for (const expression of expressions) expectMetrics(expression);
    const shown = expressions.flatMap((expression) =>
      [...expression.matchAll(/\b(?:headroom|process|nodejs)_\w+/g)].map(([name]) => metricOf(name)),
    );
    expect(Object.keys(metricLabels).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('names no label in a legend that its expression has lost, and no variable that it does not ask for', () => {
    const variables = [...dashboard.templating.list.map(({ name }) => name), '__rate_interval'];
    for (const { targets = [] } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
        const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? null;
        if (kept !== null) expect([expr, used.filter((label) => !kept.includes(label))]).toEqual([expr, []]);
        const asked = [...expr.matchAll(/\$(\w+)/g)].map((match) => match[1]!);
        expect(asked.filter((name) => !variables.includes(name))).toEqual([]);
      }
    }
  });

  it('has panels of their own ids', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

describe('docs/operations.md', () => {
  const page = read('docs/operations.md');

  it('explains every variable, and none that is not read', () => {
    const explained = [...page.matchAll(/^\| `([A-Z][A-Z_]+)`/gm)]
      .map((match) => match[1]!)
      .filter((name) => !(name in taskErrorCodes));
    expect([...explained].sort()).toEqual([...variableNames].sort());
  });

  it('sets every variable in its example, and none that is not read', () => {
    const set = [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]!);
    expect(set.sort()).toEqual([...variableNames].sort());
  });

  it('explains every reason for waiting', () => {
    const table = page.slice(page.indexOf('| `wait_reason` begins with'));
    const beginnings = [...table.slice(0, table.indexOf('\n\n')).matchAll(/^\| (`[^|]*`) +\|/gm)]
      .flatMap(([, cell]) => cell!.split('`, `'))
      .map((beginning) => beginning.replaceAll('`', '').replace(/ ?\(?…\)?$/, ''));
    const head = { id: '1', type: 'backtest', userId: 'anna' };
    const reasons = [
      waitPaused(),
      waitStarting(),
      waitForExclusiveUse(2),
      waitForRetry(0),
      waitBehind(3),
      waitForHead(head, 0, 'anna'),
      waitForHead(head, 0, 'ben'),
    ].flatMap(({ reason, userReason }) => [reason.replace('3', 'N'), userReason.replace('3', 'N')]);
    const ofQueue = readdirSync(join(root, 'src', 'queue'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => read(join('src', 'queue', name)))
      .join('\n');
    const literals = [...ofQueue.matchAll(/'((?:Waits for|No node that|Behind the) [^']*)'/g)];
    expect(literals).toHaveLength(3);
    for (const reason of [...reasons, ...literals.map(([, text]) => text!)]) {
      expect([reason, beginnings.some((beginning) => reason.startsWith(beginning))]).toEqual([reason, true]);
    }
  });

  it('explains every metric', () => {
    const explained = Object.keys(metricLabels).filter((name) => page.includes(name));
    const together = Object.keys(metricLabels).filter((name) => name.startsWith('process_'));
    expect([...new Set([...explained, ...together])].sort()).toEqual(Object.keys(metricLabels).sort());
  });
});

/** The YAML examples of a page. */
const examplesOf = (page: string) =>
  [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => parseDocument(text!).toJS() as Value);

describe('the scrape examples of docs/operations.md', () => {
  const examples = examplesOf(read('docs/operations.md'));

  it('are for one machine, the services of compose.yaml and the pods of Kubernetes', () => {
    expect(allUnder('job_name', examples)).toEqual(Array(3).fill('headroom'));
    const [names] = allUnder('dns_sd_configs', examples) as [{ names: string[] }[]];
    for (const name of names[0]!.names) expect(compose.services).toHaveProperty(name);
    const kept = (allUnder('relabel_configs', examples)[0] as Fields[]).filter(
      ({ action }) => action === 'keep',
    );
    const ports = (allUnder('ports', named('Deployment')) as { name: string }[][]).flat();
    expect(kept.map(({ regex }) => regex)).toEqual(['headroom', ports[0]!.name]);
  });
});

describe('docs/architecture.md', () => {
  it('says of every production package what it is for', () => {
    const page = read('docs/architecture.md');
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const table = page.slice(page.indexOf('| package '), page.indexOf('The page (Vue'));
    const named = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, names]) =>
      names!.split(/[,;] /).map((name) => name.replaceAll('`', '')),
    );
    const short = (name: string) => (name === '@nestjs/core' ? name : name.replace('@nestjs/', ''));
    expect(named.sort()).toEqual(Object.keys(dependencies).map(short).sort());
  });
});
