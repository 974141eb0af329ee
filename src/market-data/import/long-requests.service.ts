import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const longestMs = 3_600_000;

/**
 * Lets a request take an hour. The HTTP server knows one time limit for all requests, so it is longer for as
 * long as such a request goes on, and what it was afterwards.
 */
@Injectable()
export class LongRequests {
  #going = 0;
  #usualMs = 0;

  constructor(private readonly host: HttpAdapterHost) {}

  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    if (this.#going === 0) this.#usualMs = server.requestTimeout;
    this.#going += 1;
    server.requestTimeout = Math.max(this.#usualMs, longestMs);
    try {
      return await work();
    } finally {
      this.#going -= 1;
      if (this.#going === 0) server.requestTimeout = this.#usualMs;
    }
  }
}
