const errorResponse = 0x45;
const headerBytes = 5;

/**
 * The error in a PostgreSQL server's answer that ends the server (severity `PANIC` or `FATAL`); null when there is none.
 *
 * An answer is a sequence of messages: a letter, a length that includes itself, a body. The body of an error is a
 * sequence of fields: a letter, a text, a zero byte (PostgreSQL 17, 53.7 and 53.8).
 */
export function parseFatalError(answer: Uint8Array): { code: string; message: string } | null {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (bytes[at] === errorResponse) {
      const fields = fieldsOf(bytes.subarray(at + headerBytes, end));
      const severity = fields.get('V') ?? fields.get('S');
      if (severity === 'PANIC' || severity === 'FATAL') {
        return { code: fields.get('C') ?? '', message: fields.get('M') ?? '' };
      }
    }
    at = end;
  }
  return null;
}

function fieldsOf(body: Buffer): Map<string, string> {
  const texts = body.toString('utf8').split('\0').filter(Boolean);
  return new Map(texts.map((text) => [text[0]!, text.slice(1)]));
}
