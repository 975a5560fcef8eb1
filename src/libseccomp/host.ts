/**
 * What the program that owns a filter may do with it, and plugins may not: no
 * part of the module that they import.
 *
 * @module
 */
import { FilterBody } from "./_body.ts";
import type { ScmpAction } from "./action.ts";
import { ScmpFilter } from "./filter.ts";
import { bodyOf } from "./filter_attributes.ts";
import type { Journal } from "./journal.ts";

/** Makes a filter whose default action has an origin, for its journal. */
export function makeFilter(
  defaultAction: ScmpAction,
  origin: string,
): ScmpFilter {
  const filter = new ScmpFilter(defaultAction);
  bodyOf(filter).defaultOrigin = origin;
  return filter;
}

/**
 * Names the origin of what a filter is told from now on, for its journal: of
 * rules, of the default action by `reset`, of the bad-architecture action.
 */
export function attribute(filter: ScmpFilter, origin: string): void {
  bodyOf(filter).origin = origin;
}

/**
 * Puts a filter into a plugin's hands: from now on it can be changed, but
 * neither loaded nor released, and no other filter can be loaded either.
 *
 * @throws {ScmpError} `ESTALE` if the filter is not valid.
 */
export function lend(filter: ScmpFilter): void {
  const body = bodyOf(filter);
  void body.context;
  FilterBody.endLoading();
  body.standing = "lent";
}

/** What a filter has become. */
export interface Concluded {
  /** The program that libseccomp generated: `struct sock_filter`, 8 bytes each. */
  readonly program: Uint8Array<ArrayBuffer>;
  readonly journal: Journal;
}

/**
 * Ends a filter's time with its plugins: returns its program and journal, gives
 * its memory back to libseccomp and seals it against any kept reference.
 *
 * Where the filter has rules for ten calls or more, and was told neither its
 * layout nor priorities, the program is a binary tree.
 *
 * @throws {ScmpError} If libseccomp cannot generate the program.
 */
export function conclude(filter: ScmpFilter): Concluded {
  const body = bodyOf(filter);
  body.arrange();
  const program = body.context.exportBPF();
  const journal = body.journal();
  body.close("sealed");
  return { program, journal };
}

/**
 * A filter that was told what a journal says.
 *
 * @throws {ScmpError} If libseccomp does not take a rule of it.
 */
export function filterOf(journal: Journal): ScmpFilter {
  const filter = new ScmpFilter(journal.defaultAction);
  bodyOf(filter).adopt(journal);
  return filter;
}
