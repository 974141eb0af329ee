import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { identifier } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Clock } from '../clock/clock.js';

const accessLifetimeMs = 15 * 60_000;
/** A token made here has about 400 characters; a longer one is refused before it costs a signature check. */
const longestTokenChars = 1024;

const claims = z.object({
  sub: identifier,
  sid: identifier,
  typ: z.literal('access'),
  jti: z.string().min(1),
  exp: z.number().int(),
});

export interface AccessClaims {
  userId: string;
  loginId: string;
  expiresAtMs: number;
}

/** Signs and reads access tokens: JWTs that name a user (`sub`) and a login (`sid`), and never a role. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly clock: Clock,
  ) {}

  /** Lives 15 min, or less where its login ends sooner. */
  issue(login: { userId: string; loginId: string; expiresAt: Date }): { token: string; expiresInS: number } {
    const nowMs = this.clock.nowMs();
    const iat = Math.floor(nowMs / 1000);
    const exp = Math.floor(Math.min(nowMs + accessLifetimeMs, login.expiresAt.getTime()) / 1000);
    const token = this.jwt.sign({
      sub: login.userId,
      sid: login.loginId,
      typ: 'access',
      jti: randomUUID(),
      iat,
      exp,
    });
    return { token, expiresInS: exp - iat };
  }

  /** What a token says, or null where it is not one of ours, is late, or lacks a claim. */
  read(token: string): AccessClaims | null {
    if (token.length > longestTokenChars) return null;
    try {
      const payload = this.jwt.verify<object>(token, {
        clockTimestamp: Math.floor(this.clock.nowMs() / 1000),
      });
      const { sub, sid, exp } = claims.parse(payload);
      return { userId: sub, loginId: sid, expiresAtMs: exp * 1000 };
    } catch {
      return null;
    }
  }
}
