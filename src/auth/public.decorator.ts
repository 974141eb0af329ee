import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const publicRoute = 'headroom:public';

/** Opens a route to callers without a token; every other route is closed. */
export const Public = (): CustomDecorator => SetMetadata(publicRoute, true);
