const censored = '[redacted]';

/** What a secret is called, in a query, a body or a setting. */
const secretNames =
  '(?:access_|refresh_|metrics_|stream_)?token|ticket|(?:current_|new_|admin_)?password|passwd|secret|jwt_secret|' +
  'api_?key|authorization|cookie';

const rules: readonly (readonly [RegExp, string])[] = [
  // A JSON Web Token, wherever it stands.
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, censored],
  // Our refresh tokens: a login's id and two parts more.
  [/\b([0-9a-f]{8}-[0-9a-f-]{27})\.[\w-]{20,}\.[\w-]{20,}/gi, `$1.${censored}`],
  [/\b(Bearer|Basic) +[^\s"',;]+/gi, `$1 ${censored}`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${censored}@`],
  [
    new RegExp(`(["'](?:${secretNames})["']\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s,}]+)`, 'gi'),
    `$1"${censored}"`,
  ],
  [new RegExp(`\\b(${secretNames})=[^\\s&"'#;,]+`, 'gi'), `$1=${censored}`],
];

/**
 * Text without what looks like a token, a ticket, a password or a credential in an address, and without the
 * values that a failed statement was given.
 */
export function redacted(text: string): string {
  let clean = withoutParameters(text);
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement);
  return clean;
}

/**
 * Text without the values of a failed statement, which Drizzle writes below it: passwords' hashes, what users
 * sent. Nobody knows where they end, so all that follows them goes too.
 */
export function withoutParameters(text: string): string {
  return text.replace(/(Failed query: [\s\S]*?)\nparams: [\s\S]*$/, `$1 ${censored}`);
}

/** Names of fields whose whole value is a secret. */
export const secretField = new RegExp(`^(?:${secretNames})$`, 'i');
export { censored };
