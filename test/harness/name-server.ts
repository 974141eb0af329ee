import { createSocket, type Socket } from 'node:dgram';

/** A DNS server that knows one name, whose address may change; null: no such name. */
export class NameServer {
  address: string | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly name: string,
  ) {
    socket.on('message', (query, { port, address }) => {
      socket.send(this.#answer(query), port, address);
    });
  }

  static async knowing(name: string): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new NameServer(socket, name);
  }

  get port(): number {
    return this.socket.address().port;
  }

  stop(): void {
    this.socket.close();
  }

  /** RFC 1035: the question again and, for a name that is known, one A record that points to its name (0xc00c). */
  #answer(query: Buffer): Buffer {
    const isKnown = this.address !== null && query.subarray(12).includes(Buffer.from(this.name));
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(isKnown ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    // The name ends with a byte of zero, and its type and class take two bytes each.
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    if (!isKnown) return Buffer.concat([header, question]);
    const octets = this.address!.split('.').map(Number);
    const ttl = [0, 0, 2, 88];
    return Buffer.concat([header, question, Buffer.from([0xc0, 12, 0, 1, 0, 1, ...ttl, 0, 4, ...octets])]);
  }
}
