import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const streamCredentials = 'headroom:stream-credentials';

/** Lets a route take `?ticket=` or `?token=` where there is no `Authorization` header, as an `EventSource` must. */
export const AcceptsStreamCredentials = (): CustomDecorator => SetMetadata(streamCredentials, true);
