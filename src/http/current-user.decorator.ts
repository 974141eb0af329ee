import type { Role } from '@app/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The caller of a request or a stream, as the database knew them when it began. */
export interface CurrentUser {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly isAdmin: boolean;
  /** When the account was made. */
  readonly createdAt: Date;
  readonly loginId: string;
  /** When the access token that opened this request or stream expires. */
  readonly expiresAtMs: number;
}

export interface AuthenticatedRequest extends Request {
  currentUser?: CurrentUser;
}

/** Injects the caller into a handler's parameter: `list(@CurrentUser() user: CurrentUser)`. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): CurrentUser => {
  const { currentUser } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!currentUser) throw new Error('@CurrentUser() stands on a public route');
  return currentUser;
});
