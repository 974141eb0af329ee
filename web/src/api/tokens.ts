import type { TokenPair } from '@app/contracts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAtMs: number;
}

const key = 'headroom.session';

/**
 * The tokens of this browser's login. They lie in local storage, so that a reload and other tabs stay signed
 * in; the page runs no script but its own (see the content security policy).
 */
export function readTokens(): Tokens | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as Tokens);
  } catch {
    return null;
  }
}

export function writeTokens(pair: TokenPair): Tokens {
  const tokens = {
    accessToken: pair.access_token,
    refreshToken: pair.refresh_token,
    expiresAtMs: Date.now() + pair.expires_in * 1000,
  };
  localStorage.setItem(key, JSON.stringify(tokens));
  return tokens;
}

export function forgetTokens(): void {
  localStorage.removeItem(key);
}

/** Calls back when another tab signs out. */
export function onForgottenElsewhere(callback: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === key && event.newValue === null) callback();
  });
}
