import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule, type JwtModuleOptions } from '@nestjs/jwt';
import type { KeyObject } from 'node:crypto';
import { RequestLimits } from '../http/request-limits.js';
import { AccessTokens } from './access-tokens.js';
import { AuditController } from './audit.controller.js';
import { AuditLog } from './audit.service.js';
import { AuthController } from './auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { BootstrapAdmin, CONSOLE_LINE, type ConsoleLine } from './bootstrap-admin.js';
import { Callers } from './callers.service.js';
import { SIGNING_KEY, SigningKeyModule } from './jwt-secret.js';
import { LoginThrottle } from './login-throttle.js';
import { Logins } from './logins.service.js';
import { MetricsToken } from './metrics-token.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { StreamTickets } from './stream-tickets.service.js';
import { UserDeletionHooks } from './user-deletion-hooks.js';
import { UsersController } from './users.controller.js';
import { Users } from './users.service.js';

const printLine: ConsoleLine = (line) => process.stdout.write(`${line}\n`);

/** Accounts, logins and the guard that closes every route of the application. */
@Module({
  imports: [
    SigningKeyModule,
    JwtModule.registerAsync({
      imports: [SigningKeyModule],
      inject: [SIGNING_KEY],
      useFactory: (key: KeyObject): JwtModuleOptions => ({
        secret: key,
        signOptions: { algorithm: 'HS256' },
        verifyOptions: { algorithms: ['HS256'] },
      }),
    }),
  ],
  controllers: [AuthController, UsersController, AuditController],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: CONSOLE_LINE, useValue: printLine },
    AccessTokens,
    AuditLog,
    BootstrapAdmin,
    Callers,
    LoginThrottle,
    Logins,
    MetricsToken,
    Passwords,
    RefreshTokens,
    RequestLimits,
    StreamTickets,
    UserDeletionHooks,
    Users,
  ],
  exports: [AuditLog, Callers, RequestLimits, UserDeletionHooks, Users],
})
export class AuthModule {}
