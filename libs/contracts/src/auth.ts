import { z } from 'zod';
import { instant, pageQuery } from './primitives.js';

export const role = z.enum(['admin', 'user']);
export type Role = z.infer<typeof role>;

export const username = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be 1 to 64 letters, digits or . _ @ -');
export const newPassword = z.string().min(12, 'must have at least 12 characters').max(256);

export const loginRequest = z.strictObject({
  username: z.string().min(1).max(64),
  password: z.string().min(1).max(256),
});
export type LoginRequest = z.infer<typeof loginRequest>;

export const refreshRequest = z.strictObject({ refresh_token: z.string().min(1).max(256) });
export type RefreshRequest = z.infer<typeof refreshRequest>;

export const tokenPair = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().describe('seconds until the access token expires'),
});
export type TokenPair = z.infer<typeof tokenPair>;

export const streamTicket = z.object({ ticket: z.string(), expires_in: z.number().int() });
export type StreamTicket = z.infer<typeof streamTicket>;

export const passwordChange = z.strictObject({
  current_password: z.string().min(1).max(256),
  new_password: newPassword,
});
export type PasswordChange = z.infer<typeof passwordChange>;

export const me = z.object({
  user_id: z.string(),
  username: z.string(),
  role,
  is_admin: z.boolean(),
  created_at: instant,
});
export type Me = z.infer<typeof me>;

export const user = me.extend({ disabled: z.boolean() });
export type User = z.infer<typeof user>;

export const createUserRequest = z.strictObject({
  username,
  password: newPassword,
  role: role.default('user'),
});
export type CreateUserRequest = z.infer<typeof createUserRequest>;

export const updateUserRequest = z
  .strictObject({ role: role.optional(), disabled: z.boolean().optional(), password: newPassword.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one of role, disabled, password');
export type UpdateUserRequest = z.infer<typeof updateUserRequest>;

export const userListQuery = z.strictObject(pageQuery);

export const auditEntry = z.object({
  id: z.number().int(),
  at: instant,
  actor_id: z.string().nullable(),
  actor: z.string().nullable(),
  action: z.string(),
  target: z.string().nullable(),
  address: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
