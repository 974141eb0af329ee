import { z } from 'zod';
import { instant } from './primitives.js';

export const role = z
  .enum(['admin', 'user'])
  .describe('user: sees and changes what is their own; admin: everything, users and the queue included');
export type Role = z.infer<typeof role>;

export const username = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be 1 to 64 letters, digits or . _ @ -')
  .describe('1 to 64 letters, digits or . _ @ -; no two users differ in the case of letters alone');
export const newPassword = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(256)
  .describe('12 to 256 characters of any kind');

export const loginRequest = z.strictObject({
  username: z.string().min(1).max(64).describe('in letters of either case'),
  password: z.string().min(1).max(256).describe('as it was set'),
});
export type LoginRequest = z.infer<typeof loginRequest>;

export const refreshRequest = z.strictObject({
  refresh_token: z.string().min(1).max(256).describe('of the last login or refresh; this call spends it'),
});
export type RefreshRequest = z.infer<typeof refreshRequest>;

export const tokenPair = z.object({
  access_token: z.string().describe('for the header Authorization: Bearer'),
  refresh_token: z
    .string()
    .describe('for POST /api/auth/refresh, once; good until 30 days after the login at most'),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().describe('seconds until the access token expires'),
});
export type TokenPair = z.infer<typeof tokenPair>;

export const streamTicket = z.object({
  ticket: z.string().describe('for ?ticket= of GET /api/system/task-events; opens one stream, once'),
  expires_in: z.number().int().describe('seconds until the ticket opens no stream any more'),
});
export type StreamTicket = z.infer<typeof streamTicket>;

export const passwordChange = z.strictObject({
  current_password: z.string().min(1).max(256).describe('as it is until now'),
  new_password: newPassword,
});
export type PasswordChange = z.infer<typeof passwordChange>;

export const me = z.object({
  user_id: z.string(),
  username: z.string(),
  role,
  is_admin: z.boolean().describe('whether the role is admin'),
  created_at: instant.describe('when the account was made'),
});
export type Me = z.infer<typeof me>;

export const user = me.extend({
  disabled: z.boolean().describe('true: cannot sign in, and all logins have ended'),
});
export type User = z.infer<typeof user>;

export const createUserRequest = z.strictObject({
  username,
  password: newPassword,
  role: role.default('user'),
});
export type CreateUserRequest = z.infer<typeof createUserRequest>;

export const updateUserRequest = z
  .strictObject({
    role: role.optional(),
    disabled: z.boolean().optional().describe('true ends all logins and refuses new ones; false admits them'),
    password: newPassword.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one of role, disabled, password');
export type UpdateUserRequest = z.infer<typeof updateUserRequest>;

export const auditEntry = z.object({
  id: z.number().int().describe('rises with time'),
  at: instant.describe('when it was done'),
  actor_id: z.string().nullable().describe('who did it; null where no account is known'),
  actor: z.string().nullable().describe('the name of that account at the time; null where none is known'),
  action: z.string().describe('such as login, login_failed, user_created, password_reset or role_set_admin'),
  target: z.string().nullable().describe('the name of whom it was done to; null where that is nobody else'),
  address: z.string().nullable().describe('the IP address that it came from; null for the server itself'),
});
export type AuditEntry = z.infer<typeof auditEntry>;
