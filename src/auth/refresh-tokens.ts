import { identifier } from '@app/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { createHash, createHmac, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { SIGNING_KEY } from './jwt-secret.js';

/** What the database keeps of a refresh token or a stream ticket. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/**
 * Refresh tokens: `<login id>.<32 secret bytes>.<seal>`.
 *
 * The seal proves that a token was made here, so that one which is no longer current can only be a spent
 * one, however old. The first secret of a login is random; each further one is derived from the token it
 * replaces, under a key that never leaves the server: refreshes of one token in parallel agree on its
 * successor without the server having kept it.
 */
@Injectable()
export class RefreshTokens {
  readonly #key: Uint8Array;

  constructor(@Inject(SIGNING_KEY) signingKey: KeyObject) {
    this.#key = new Uint8Array(hkdfSync('sha256', signingKey, '', 'headroom refresh tokens', 32));
  }

  first(loginId: string): string {
    return this.#sealed(loginId, randomBytes(32));
  }

  /** The one token that replaces `token`. */
  successor(token: string): string {
    return this.#sealed(token.slice(0, token.indexOf('.')), this.#mac('successor', token));
  }

  /** The login that a token belongs to, or null where the token was not made here. */
  loginIdOf(token: string): string | null {
    const [loginId = '', secret = ''] = token.split('.');
    if (!identifier.safeParse(loginId).success) return null;
    const genuine = Buffer.from(this.#sealed(loginId, Buffer.from(secret, 'base64url')));
    const given = Buffer.from(token);
    return given.length === genuine.length && timingSafeEqual(given, genuine) ? loginId : null;
  }

  #sealed(loginId: string, secret: Buffer): string {
    const body = `${loginId}.${secret.toString('base64url')}`;
    return `${body}.${this.#mac('seal', body).subarray(0, 16).toString('base64url')}`;
  }

  #mac(purpose: 'seal' | 'successor', text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}:${text}`).digest();
  }
}
