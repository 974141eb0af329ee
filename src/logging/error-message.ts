/** What an error says; never throws, whatever was thrown. */
export function errorMessage(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.message === 'string') return error.message;
    return String(error);
  } catch {
    return 'An error that has no text.';
  }
}
