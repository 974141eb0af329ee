import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { prepare, say, stop } from './steps.mjs';

const usage = `Usage: npm run client -- [--check] [--document FILE]

Writes the types of the client (libs/client/src/schema.ts) from the server's OpenAPI document.

  --check          write nothing; end with 1 when the types are not those of the document
  --document FILE  an OpenAPI document in JSON, instead of that of the built server
`;

const target = join(import.meta.dirname, '..', 'libs', 'client', 'src', 'schema.ts');
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    document: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  const document =
    values.document === undefined ? await builtDocument() : JSON.parse(readFileSync(values.document, 'utf8'));
  const types = await typesOf(document);
  if (!values.check) {
    writeFileSync(target, types);
    say(`Written: ${target}`);
  } else if (readFileSync(target, 'utf8') !== types) {
    stop(
      'The types of libs/client are not those of the OpenAPI document; `npm run client` writes them anew.',
    );
  }
}

async function typesOf(document) {
  const ast = await openapiTS(withOneRefusal(document), {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
    alphabetize: true,
  });
  const words = `// Made by \`npm run client\` from the OpenAPI document; a test compares the two.\n\n${astToString(ast)}`;
  return format(words, { ...(await resolveConfig(target)), parser: 'typescript' });
}

/** The same document with one kind of refusal, which every answer beyond 2xx is: the types need not tell them apart. */
function withOneRefusal(document) {
  const refusal = {
    description: 'a refusal',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  const simpler = structuredClone(document);
  for (const operation of Object.values(simpler.paths).flatMap((methods) => Object.values(methods))) {
    const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    for (const [, answer] of answers) delete answer.headers;
    operation.responses = { ...Object.fromEntries(answers), default: refusal };
  }
  return simpler;
}

/** The document that the built server would answer, without starting it. */
async function builtDocument() {
  prepare();
  await import('reflect-metadata');
  const path = join(process.cwd(), 'dist', 'src', 'server-document.js');
  const { serverDocument } = await import(pathToFileURL(path).href);
  return serverDocument();
}
