/**
 * The sum of a window that slides over a series, correctly rounded.
 *
 * The rounding errors of the running sum are carried beside it (two-sum, Knuth 4.2.2), so adding and
 * dropping values for millions of bars leaves no drift, and two windows with the same sum compare equal.
 */
export class RunningSum {
  // Zero as a double: a field that began as a small integer would be allocated anew at every step.
  #sum = -0;
  #errors = -0;

  /** Takes in one value, lets go of another (0 while the window fills) and returns the sum. */
  slide(entering: number, leaving: number): number {
    const before = this.#sum;
    const change = entering - leaving;
    const part = change - entering;
    const sum = before + change;
    const share = sum - before;
    const changeError = entering - (change - part) - (leaving + part);
    this.#errors += changeError + (before - (sum - share) + (change - share));
    this.#sum = sum;
    return sum + this.#errors;
  }
}
