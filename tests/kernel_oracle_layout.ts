/**
 * What the oracle's program and its machine code agree on: where things lie in
 * memory, in bytes.
 *
 * @module
 */

/** One call and the filters to make it under: eleven 64-bit words, read only. */
export const QUESTION = {
  /** The address of the first of the `struct sock_fprog`. */
  programs: 0,
  /** How many there are, at least 1. */
  count: 8,
  /** 0 for `syscall`, else `int 0x80`. */
  way: 16,
  number: 24,
  /** Six. */
  args: 32,
  /** Not 0 if the process that made this call makes the next one as well. */
  goesOn: 80,
  size: 88,
} as const;

/** `struct sock_fprog` of include/uapi/linux/filter.h. */
export const PROGRAM = {
  /** How many instructions, 16 bits. */
  length: 0,
  /** Their address, 64 bits. */
  address: 8,
  size: 16,
} as const;

/** What became of a question, written by its process and that one's parent. */
export const SLOT = {
  /** What the call returned, or seccomp(2) if it failed, 64 bits. */
  value: 0,
  /** How far the process came, one of {@link STATE}, 32 bits. */
  state: 8,
  /** What wait4(2) said of the process that this was the first call of, 32 bits. */
  status: 12,
  size: 16,
} as const;

/** How far a process came. */
export const STATE = {
  /** It loads the filters. */
  loading: 1,
  /** They are loaded, and it makes the call. */
  calling: 2,
  /** The call returned. */
  returned: 3,
  /** A filter could not be loaded. */
  refused: 4,
} as const;
