/** Who may import whom. `docs/architecture.md` describes the layers; `npm run layers` checks them. */

const leaves = 'clock|config|logging|problems|process|telemetry';
const base = 'database|http|auth|resources';
const features = 'backtests|market-data|predictions';
const edges = 'cli|health|metrics|openapi|quota|tracing|web';

/** From the bottom up: each imports only those before it. */
const queueLayers = ['domain', 'storage', 'execution', 'cluster', 'scheduling', 'api'];

/** A layer may not import the layers above it. */
const layer = (name, from, above) => ({
  name,
  severity: 'error',
  comment: `src/{${from.replaceAll('|', ', ')}} must not import src/{${above.replaceAll('|', ', ')}}.`,
  from: { path: `^src/(${from})/` },
  to: { path: `^src/(${above})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Two files that import each other cannot be understood apart.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      scope: 'folder',
      severity: 'error',
      comment: 'Two folders of src that import each other cannot be understood apart.',
      from: { path: '^src/[^/]+$' },
      to: { circular: true },
    },
    layer('leaves-use-nothing', leaves, `${base}|queue|system|${features}|${edges}`),
    layer('base-below-queue', base, `queue|system|${features}|${edges}`),
    layer('queue-below-features', 'queue', `system|${features}|${edges}`),
    layer('features-below-edges', `system|${features}`, edges),
    ...queueLayers.slice(0, -1).map((name, n) => ({
      name: `queue-${name}`,
      severity: 'error',
      comment: `src/queue/${name} must not import what is above it.`,
      from: { path: `^src/queue/${name}/` },
      to: { path: `^src/queue/(${queueLayers.slice(n + 1).join('|')})/` },
    })),
    {
      name: 'queue-from-outside',
      severity: 'error',
      comment:
        'Features use the public face of the queue: what is in api/, its module and the registry of handlers.',
      from: { path: `^src/(${features})/` },
      to: { path: '^src/queue/', pathNot: '^src/queue/(api/|queue\\.module\\.ts|domain/task-handlers\\.ts)' },
    },
    {
      name: 'src-without-tests',
      severity: 'error',
      comment: 'The product does not import tests or their tools.',
      from: { path: '^(src|libs)/' },
      to: { path: '^(test|tools)/' },
    },
    {
      name: 'libs-stand-alone',
      severity: 'error',
      comment: 'Libraries know no Nest, no Express, no database and nothing of src.',
      from: { path: '^libs/' },
      to: { path: '^src/|node_modules/(@nestjs|express|drizzle-orm|pg)/' },
    },
    {
      name: 'pure-libs',
      severity: 'error',
      comment: 'Contracts, text, scheduler, backtest and learning do no I/O.',
      from: { path: '^libs/(contracts|text|scheduler|backtest|learning)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'libs-by-name',
      severity: 'error',
      comment: 'A library is imported as @app/…, by what its index exports.',
      from: { path: '^(src|libs/([^/]+))/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Tests may use what they like; the build leaves them out.
    exclude: { path: '\\.(spec|fixture)\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
