import { identifier } from '@app/contracts';
import { z } from 'zod';
import { answers } from '../schemas.js';
import { meExample, onePage, tokenPairExample, userExample, userId } from '../examples.js';
import type { Operations } from '../operation.js';

const ofUser = {
  pathParams: z.strictObject({ user_id: identifier.describe('the user_id that the list of users gives') }),
  pathExample: { user_id: userId },
};

/** Signing in, users and the audit log. */
export const accounts: Operations = {
  'POST /api/auth/login': {
    summary: 'Sign in',
    description:
      'Unknown user, wrong password and disabled account get one and the same answer. Ten failures of one account from ' +
      'one network in 15 minutes, or fifty from one network, close the door there for the rest of that time.',
    answer: answers.TokenPair,
    answerExample: tokenPairExample,
    requestExample: { username: 'grace', password: 'twelve characters or more' },
    problems: ['INVALID_CREDENTIALS', 'TOO_MANY_LOGIN_ATTEMPTS'],
  },
  'POST /api/auth/refresh': {
    summary: 'Trade a refresh token for a new pair',
    description:
      'The old token is spent. Its reuse within 10 s gets the same successor; later reuse ends the login, for somebody ' +
      'has a copy.',
    answer: answers.TokenPair,
    answerExample: tokenPairExample,
    requestExample: { refresh_token: tokenPairExample.refresh_token },
    problems: ['INVALID_REFRESH_TOKEN'],
  },
  'POST /api/auth/logout': {
    summary: 'End this login: its tokens and its streams',
    description: 'Other logins of the user go on. Open streams end within a second.',
    answer: null,
  },
  'GET /api/auth/me': {
    summary: 'Who am I',
    description: 'The account that the access token is of, with the role that it has now.',
    answer: answers.Me,
    answerExample: meExample,
  },
  'POST /api/auth/password': {
    summary: 'Change the own password',
    description: 'Every other login of the user ends. A wrong current password counts as a failed login.',
    answer: null,
    requestExample: {
      current_password: 'twelve characters or more',
      new_password: 'another twelve characters',
    },
    problems: ['INVALID_CREDENTIALS', 'TOO_MANY_LOGIN_ATTEMPTS'],
  },
  'POST /api/auth/stream-ticket': {
    summary: 'A ticket that opens one event stream, once, within 30 s',
    description:
      'For a browser, whose EventSource can send no header. The stream ends with the access token that asked for the ' +
      'ticket.',
    answer: answers.StreamTicket,
    answerExample: { ticket: '3q2-7w….1767607800000', expires_in: 30 },
  },
  'GET /api/users': {
    summary: 'All users, by name',
    description: 'In the order of the characters, whatever the case of letters; disabled ones too.',
    answer: answers.UserPage,
    answerExample: onePage(userExample),
  },
  'POST /api/users': {
    summary: 'Create a user',
    description: 'There is no way to register oneself.',
    answer: answers.User,
    answerExample: userExample,
    requestExample: { username: 'grace', password: 'twelve characters or more', role: 'user' },
    problems: ['USERNAME_TAKEN'],
  },
  'GET /api/users/:user_id': {
    summary: 'One user',
    description: 'As the list shows it.',
    ...ofUser,
    answer: answers.User,
    answerExample: userExample,
  },
  'PATCH /api/users/:user_id': {
    summary: 'Change role, disabling or password',
    ...ofUser,
    description:
      'Counts from the next request on, and ends open streams within a second. Disabling and a new password end the ' +
      "user's logins.",
    answer: answers.User,
    answerExample: { ...userExample, disabled: true },
    requestExample: { disabled: true },
    problems: ['LAST_ADMIN'],
  },
  'DELETE /api/users/:user_id': {
    summary: 'Delete a user',
    ...ofUser,
    description:
      "The user's waiting and running tasks are cancelled, their backtests, models, predictions and imported candles " +
      'deleted. What their tasks were stays in the history, for admins.',
    answer: null,
    problems: ['LAST_ADMIN', 'TASK_NOT_CANCELLABLE', 'TASK_CHANGING'],
  },
  'GET /api/audit': {
    summary: 'Who did what to whom, from where, when; newest first',
    description: 'Logins, failed ones too, and changes of accounts. Entries are added, never changed.',
    answer: answers.AuditPage,
    answerExample: onePage({
      id: 17,
      at: '2026-01-05T09:30:00.000Z',
      actor_id: userId,
      actor: 'admin',
      action: 'user_created',
      target: 'grace',
      address: '192.0.2.7',
    }),
  },
};
