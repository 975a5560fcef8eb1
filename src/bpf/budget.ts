/** A question that would take longer to answer than it may. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
  readonly code = "EBUDGET";

  constructor(steps: number) {
    super(`it was not answered within ${steps} steps`);
  }
}

/**
 * How much work may be spent on a question, in steps: an instruction followed,
 * a rule looked at, a bit tried. A step takes far less than a microsecond.
 */
export class Budget {
  readonly #steps: number;
  #left: number;

  /** @param steps How many steps, an integer. */
  constructor(steps: number) {
    this.#steps = steps;
    this.#left = steps;
  }

  /** @throws {BudgetError} If there is nothing left. */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BudgetError(this.#steps);
  }
}
