import { ref, type Ref } from 'vue';
import { ApiError, randomKey, request } from '@/api/client';

export interface Submission<Answer> {
  /** What is wrong with each field, by its path. */
  readonly problems: Ref<Readonly<Record<string, string>>>;
  /** Why the whole was refused; empty when it was not. */
  readonly refusal: Ref<string>;
  readonly isBusy: Ref<boolean>;
  /** Posts a body; null when it was refused or got no answer. */
  readonly submit: (body: object) => Promise<Answer | null>;
}

/**
 * Posts a form that starts a task.
 *
 * The request carries a key by which the server knows it again: when the answer was lost, sending the same
 * form once more starts nothing twice.
 */
export function useSubmission<Answer>(path: string): Submission<Answer> {
  const problems = ref<Readonly<Record<string, string>>>({});
  const refusal = ref('');
  const isBusy = ref(false);
  let unanswered = { text: '', key: '' };

  async function submit(body: object): Promise<Answer | null> {
    isBusy.value = true;
    problems.value = {};
    refusal.value = '';
    const text = JSON.stringify(body);
    if (text !== unanswered.text) unanswered = { text, key: randomKey() };
    try {
      const headers = { 'Idempotency-Key': unanswered.key };
      const answer = await request<Answer>(path, { method: 'POST', body, headers });
      unanswered = { text: '', key: '' };
      return answer;
    } catch (error) {
      if (error instanceof ApiError) problems.value = error.fields;
      refusal.value = error instanceof Error ? error.message : String(error);
      // What was refused may be asked anew; what got no answer may have been accepted.
      if (error instanceof ApiError && !error.isOffline) unanswered = { text: '', key: '' };
      return null;
    } finally {
      isBusy.value = false;
    }
  }

  return { problems, refusal, isBusy, submit };
}
