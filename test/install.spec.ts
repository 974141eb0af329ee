import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

/** A project with the scripts of this one, and two packages that npm finds without a network. */
function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-install-'));
  const write = (path: string, content: object) => {
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  cpSync(join(import.meta.dirname, '..', 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['library', 'compiler']) {
    mkdirSync(join(folder, name));
    write(join(name, 'package.json'), { name, version: '1.0.0' });
  }
  const project = {
    name: 'project',
    version: '1.0.0',
    dependencies: { library: 'file:library' },
    devDependencies: { compiler: 'file:compiler' },
  };
  write('package.json', project);
  write('package-lock.json', {
    name: 'project',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': project,
      library: { version: '1.0.0' },
      compiler: { version: '1.0.0', dev: true },
      'node_modules/library': { resolved: 'library', link: true },
      'node_modules/compiler': { resolved: 'compiler', link: true },
    },
  });
  return folder;
}

describe('what every script does first, before it builds', () => {
  let project: string;
  beforeEach(() => {
    project = makeProject();
  });
  afterEach(() => rmSync(project, { recursive: true }));

  const program = "import('./scripts/steps.mjs').then(({ prepare }) => prepare({ build: false }))";
  const prepare = (env: Record<string, string> = {}) =>
    spawnSync(process.execPath, ['-e', program], {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: project, ...env },
      encoding: 'utf8',
    });
  const hasCompiler = () => existsSync(join(project, 'node_modules', 'compiler', 'package.json'));
  const installing = /^Installing packages/;

  test('installs what a build needs, in production too', () => {
    const { status, stderr } = prepare({ NODE_ENV: 'production' });
    expect([status, hasCompiler()]).toEqual([0, true]);
    expect(stderr).toMatch(installing);
  });

  test('installs once', () => {
    prepare();
    expect(prepare().stderr).toBe('');
  });

  test('installs again after an install that was interrupted', () => {
    prepare();
    // npm empties the folder first and ends with the packages.
    rmSync(join(project, 'node_modules'), { recursive: true });
    mkdirSync(join(project, 'node_modules', 'compiler'), { recursive: true });
    expect(prepare().stderr).toMatch(installing);
    expect(hasCompiler()).toBe(true);
  });

  test('installs again when a package that a build needs has gone since', () => {
    prepare();
    rmSync(join(project, 'node_modules', 'compiler'));
    expect(prepare().stderr).toMatch(installing);
    expect(hasCompiler()).toBe(true);
  });
});
