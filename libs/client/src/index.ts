export { answered, createApi, type Api, type ApiOptions, type Schemas } from './api.js';
export { ApiError, ServerUnreachableError, type Problem } from './errors.js';
export { EventParser, type ServerSentEvent } from './server-sent-events.js';
export { requireServer, Session, type Credentials } from './session.js';
export { followTaskEvents, type FollowOptions, type OpenStream, type TaskEvent } from './task-events.js';
