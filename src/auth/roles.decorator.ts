import type { Role } from '@app/contracts';
import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const requiredRoles = 'headroom:roles';

/** Narrows a route or a controller to callers with one of these roles; others get 403. */
export const Roles = (...roles: Role[]): CustomDecorator => SetMetadata(requiredRoles, roles);
