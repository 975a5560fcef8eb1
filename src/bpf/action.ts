/**
 * Actions as programs return them, `SECCOMP_RET_*` of
 * include/uapi/linux/seccomp.h: an unsigned 32-bit number, whose upper half
 * says what to do.
 *
 * @module
 */

/** `SECCOMP_RET_ACTION_FULL`, as a signed number. */
const ACTION = ~0xffff;
/** `SECCOMP_RET_DATA`. */
const DATA = 0xffff;

/** `SECCOMP_RET_ALLOW`. */
export const ALLOW = 0x7fff_0000;
/** `SECCOMP_RET_KILL_THREAD`, which is also what a division by zero returns. */
export const KILL_THREAD = 0;

/**
 * How restrictive an action is: of two, the one with the lower number wins.
 *
 * Source: seccomp(2), "the highest precedence"; `ACTION_ONLY` and
 * `seccomp_run_filters` of kernel/seccomp.c, which compare as signed numbers.
 */
export function precedence(action: number): number {
  return (action | 0) & ACTION;
}

/** What an action carries for the caller or its tracer: 0 to 65535. */
export function dataOf(action: number): number {
  return action & DATA;
}

/**
 * What the kernel does where several filters are on.
 *
 * @param answers What each program returned, in the order in which they were
 * loaded; at least one.
 * @returns The most restrictive; among equals that of the last one loaded.
 *
 * Source: `seccomp_run_filters` of kernel/seccomp.c, which begins with the last.
 */
export function mostRestrictive(answers: readonly number[]): number {
  return answers.reduceRight((winner, answer) =>
    precedence(answer) < precedence(winner) ? answer : winner
  );
}
