import type { Role } from '@app/contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { HttpProblem } from '../problems/http-problem.js';
import { RequestLimits } from '../http/request-limits.js';
import { AuthenticationService } from './authentication.service.js';
import type { AuthenticatedRequest, CurrentUser } from '../http/current-user.decorator.js';
import { MetricsToken, metricsRoute } from './metrics-token.js';
import { publicRoute } from './public.decorator.js';
import { requiredRoles } from './roles.decorator.js';
import { streamCredentials } from './stream-credentials.decorator.js';

/** Closes every route: 401 without a caller, 403 without the role, 429 for a caller in too much of a hurry, unless the route is `@Public()`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: AuthenticationService,
    private readonly limits: RequestLimits,
    private readonly metricsToken: MetricsToken,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(publicRoute, targets)) return true;

    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const takesMetricsToken = this.reflector.getAllAndOverride<boolean | undefined>(metricsRoute, targets);
    if (takesMetricsToken && this.metricsToken.isIn(request.headers.authorization)) return true;
    const isStream =
      this.reflector.getAllAndOverride<boolean | undefined>(streamCredentials, targets) ?? false;
    const caller = await this.#callerOf(request, isStream);
    if (!caller) throw HttpProblem.unauthorized();
    if (!isStream) this.limits.admitUser(caller.userId);
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(requiredRoles, targets);
    if (roles && !roles.includes(caller.role)) throw HttpProblem.forbidden();
    request.currentUser = caller;
    return true;
  }

  #callerOf(request: AuthenticatedRequest, isStream: boolean): Promise<CurrentUser | null> {
    const { authorization } = request.headers;
    if (!isStream) return this.authentication.authenticate(authorization);
    const { ticket, token } = request.query;
    return this.authentication.authenticateStream({
      authorization,
      ticket: typeof ticket === 'string' ? ticket : undefined,
      token: typeof token === 'string' ? token : undefined,
    });
  }
}
