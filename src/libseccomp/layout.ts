/**
 * How libseccomp lays a program out: the values of `SCMP_FLTATR_CTL_OPTIMIZE`,
 * see seccomp_attr_set(3).
 *
 * @module
 */

/** Calls are compared one after the other, those of high priority first. */
export const ROW = 1;

/** Calls are found by halving, in the order of their numbers. */
export const TREE = 2;
