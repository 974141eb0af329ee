import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule, type JwtModuleOptions } from '@nestjs/jwt';
import type { KeyObject } from 'node:crypto';
import { RequestLimits } from '../http/request-limits.js';
import { AccessTokens } from './access-tokens.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuthController } from './auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { BootstrapAdmin, CONSOLE_LINE, type ConsoleLine } from './bootstrap-admin.js';
import { AuthenticationService } from './authentication.service.js';
import { SIGNING_KEY, SigningKeyModule } from './jwt-secret.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginService } from './login.service.js';
import { MetricsToken } from './metrics-token.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { StreamTickets } from './stream-tickets.service.js';
import { UserDeletionHooks } from './user-deletion-hooks.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

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
    AuditService,
    BootstrapAdmin,
    AuthenticationService,
    LoginThrottle,
    LoginService,
    MetricsToken,
    Passwords,
    RefreshTokens,
    RequestLimits,
    StreamTickets,
    UserDeletionHooks,
    UsersService,
  ],
  exports: [AuditService, AuthenticationService, RequestLimits, UserDeletionHooks, UsersService],
})
export class AuthModule {}
