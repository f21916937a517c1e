/**
 * A sum that values are added to and taken from for ever without an error that builds up: what each addition rounds off is
 * kept apart (Neumaier's improvement of Kahan's summation).
 */
export class CompensatedSum {
  #sum = 0;
  #rest = 0;

  get value(): number {
    return this.#sum + this.#rest;
  }

  add(value: number): void {
    const sum = this.#sum + value;
    const [large, small] = Math.abs(this.#sum) >= Math.abs(value) ? [this.#sum, value] : [value, this.#sum];
    this.#rest += large - sum + small;
    this.#sum = sum;
  }
}
