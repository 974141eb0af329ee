const censored = '[redacted]';

/** What a secret is called, in a query, a body or a setting. */
const secretNames =
  '(?:access_|refresh_|metrics_|stream_)?token|ticket|(?:current_|new_|admin_)?password|passwd|secret|jwt_secret|' +
  'api_?key|authorization|cookie';

/**
 * Each takes a time linear in the length of the text, for that may be what a stranger has sent: none begins a long
 * match at more than one place of the same run of characters.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  // Our refresh tokens: a login's id and two parts more.
  [/\b([0-9a-f]{8}-[0-9a-f-]{27})\.[\w-]{20,}\.[\w-]{20,}/gi, `$1.${censored}`],
  [/\b(Bearer|Basic) +[^\s"',;]+/gi, `$1 ${censored}`],
  // A password in an address, found by the `://` before it.
  [/(?<=[a-z0-9+.-])(:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${censored}@`],
  [
    new RegExp(`(["'](?:${secretNames})["']\\s*:\\s*)(?:"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"|[^\\s,}]+)`, 'gi'),
    `$1"${censored}"`,
  ],
  [new RegExp(`\\b(${secretNames})=[^\\s&"'#;,]+`, 'gi'), `$1=${censored}`],
];

/** Some part of what each rule needs, in one look, which is all that most text takes. */
const traces = new RegExp(
  `eyJ|params: |://|[0-9a-f]{8}-[0-9a-f-]|\\b(?:Bearer|Basic) |(?:${secretNames})["'=]`,
  'i',
);

/** Whether `redact` may change a text; false only if it changes no part of it. */
export function mayHoldSecrets(text: string): boolean {
  return traces.test(text);
}

/** What JSON Web Tokens are made of: parts with dots between them. */
const dottedRun = /[\w.-]+/g;
/** `eyJ`, and eight characters more at least. */
const minTokenStart = 11;

/** A JSON Web Token, wherever it stands. */
function withoutTokens(text: string): string {
  if (!text.includes('eyJ')) return text;
  return text.replace(dottedRun, (run) => {
    const parts = run.split('.');
    const clean: string[] = [];
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index]!;
      const start = parts[index + 1] ? startOfToken(part) : -1;
      clean.push(start < 0 ? part : `${part.slice(0, start)}${censored}`);
      // The claims, and the signature where there is one.
      if (start >= 0) index += 2;
    }
    return clean.join('.');
  });
}

/** Where a token's first part begins that ends with this one; -1 where none does. */
function startOfToken(part: string): number {
  const first = /\beyJ/.exec(part)?.index ?? -1;
  return first >= 0 && part.length - first >= minTokenStart ? first : -1;
}

/**
 * Text without what looks like a token, a ticket, a password or a credential in an address, and without the
 * values that a failed statement was given.
 */
export function redact(text: string): string {
  if (!mayHoldSecrets(text)) return text;
  let clean = withoutTokens(withoutParameters(text));
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement);
  return clean;
}

/**
 * Text without the values of a failed statement, which Drizzle writes below it: passwords' hashes, what users
 * sent. Nothing says where they end, so all that follows them goes too.
 */
export function withoutParameters(text: string): string {
  const statement = text.indexOf('Failed query: ');
  const values = statement < 0 ? -1 : text.indexOf('\nparams: ', statement);
  return values < 0 ? text : `${text.slice(0, values)} ${censored}`;
}

/** Names of fields whose whole value is a secret. */
export const secretField = new RegExp(`^(?:${secretNames})$`, 'i');
export { censored };
