import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../config/config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { sendProblem } from './problem.filter.js';

const open = /^\/(api\/health\/|metrics$)/;

/** A node that only runs tasks says how it is; everything else is asked of the others. */
export function workerRoleMiddleware(config: Config) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (config.role !== 'worker' || open.test(request.path)) {
      next();
      return;
    }
    const detail = 'This node runs tasks and serves no clients; ask a node with the role api or all.';
    sendProblem(request, response, new HttpProblem(404, 'WORKER_ONLY', detail));
  };
}
