import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, say, stop } from './steps.mjs';

const usage = `Usage: npm run plugin -- FILE... [--out DIR] [--json]

Checks the TypeScript files of a plug-in, and those of their own that they import, against the server's sources and
compiles them into JavaScript that loads beside the built server. A task module that is named by its URL alone must be
given too. docs/extending.md shows a whole plug-in.

A plug-in imports '@app/tasks-sdk' and packages that the server has installed. A Nest module may import files of the server
too, as a file in a folder below src does: '../queue/api/task-queue.js'. The files themselves may lie anywhere.

  --out DIR  where the JavaScript goes (plugins, in the project's folder)
  --json     print {"files": [...]} on standard output instead of words
  --help     this text

Ends with 1, and writes nothing, when the compiler finds an error.
`;

const root = realpathSync(join(import.meta.dirname, '..'));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: join(root, 'plugins') },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (positionals.length === 0) stop('No file is named; --help says how.');
for (const file of positionals) if (!existsSync(file)) stop(`There is no file ${file}.`);
const entries = positionals.map((file) => realpathSync(file));
const wantedOut = resolve(values.out);
prepare({ build: false });
const { default: ts } = await import('typescript');

const options = compilerOptions();
const host = ts.createCompilerHost(options);
host.resolveModuleNameLiterals = (literals, from) => literals.map(({ text }) => resolved(text, from));
const program = ts.createProgram(entries, options, host);
const own = program.getSourceFiles().filter((file) => isOwn(file.fileName) && !file.isDeclarationFile);
const errors = own.flatMap((file) => [
  ...program.getSyntacticDiagnostics(file),
  ...program.getSemanticDiagnostics(file),
]);
if (errors.length > 0) stop(ts.formatDiagnostics(errors, host).trimEnd());

const base = commonFolder(own.map((file) => dirname(file.fileName)));
const out = makeFolder(wantedOut);
const files = own.map(write);
if (values.json) process.stdout.write(`${JSON.stringify({ files })}\n`);
else for (const file of files) say(`Written: ${file}`);

/** The project's, but for the kind of a file, which nothing near it need tell. */
function compilerOptions() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
    rootDir: undefined,
    outDir: undefined,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    sourceMap: false,
  };
}

function isOwn(path) {
  if (entries.includes(path)) return true;
  return !['src', 'libs', 'node_modules'].some((name) => path.startsWith(join(root, name, sep)));
}

/** What a file of the plug-in imports: as if it lay in a folder below `src`, or else from where it does lie. */
function resolved(specifier, from) {
  const at = (path) => ts.resolveModuleName(specifier, path, options, host);
  const asIfInside = isOwn(from) ? at(join(root, 'src', 'plugin', 'file.ts')) : null;
  return asIfInside?.resolvedModule ? asIfInside : at(from);
}

function write(file) {
  const target = targetOf(file.fileName);
  program.emit(file, (_, text) => {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withFinalImports(text, file.fileName, target));
  });
  return target;
}

/** Each import that leads to a source becomes that of the JavaScript which is made of it. */
function withFinalImports(text, from, target) {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.reduceRight((done, { fileName: specifier, pos }) => {
    const source = resolved(specifier, from).resolvedModule;
    if (source === undefined || source.isExternalLibraryImport) return done;
    const path = relative(dirname(target), targetOf(source.resolvedFileName)).replaceAll(sep, '/');
    const start = pos + 1; // behind the quote
    const end = start + specifier.length;
    return `${done.slice(0, start)}${path.startsWith('.') ? path : `./${path}`}${done.slice(end)}`;
  }, text);
}

function targetOf(source) {
  const path = isOwn(source) ? join(out, relative(base, source)) : join(root, 'dist', relative(root, source));
  return path.replace(/\.ts$/, '.js');
}

function commonFolder(folders) {
  return folders.reduce((common, folder) => {
    while (relative(common, folder).startsWith('..')) common = dirname(common);
    return common;
  });
}

/** Outside the project nothing else says that the files are modules, or where packages are. */
function makeFolder(path) {
  mkdirSync(path, { recursive: true });
  const folder = realpathSync(path);
  if (folder.startsWith(root + sep)) return folder;
  const [kind, packages] = [join(folder, 'package.json'), join(folder, 'node_modules')];
  if (!existsSync(kind)) writeFileSync(kind, '{ "type": "module" }\n');
  if (!existsSync(packages)) symlinkSync(join(root, 'node_modules'), packages);
  return folder;
}
