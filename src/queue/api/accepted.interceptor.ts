import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { Accepted } from './answer.js';

/** Turns an `Accepted` into its HTTP answer: status, `Location`, `Idempotency-Replayed` and body. */
@Injectable()
export class AcceptedInterceptor implements NestInterceptor<Accepted> {
  intercept(context: ExecutionContext, next: CallHandler<Accepted>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((accepted) => {
        response.status(accepted.status);
        if (accepted.location !== null) response.setHeader('Location', accepted.location);
        if (accepted.replayed) response.setHeader('Idempotency-Replayed', 'true');
        return accepted.body;
      }),
    );
  }
}
