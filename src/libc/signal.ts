/**
 * Numbers of signals, the same on x86_64 and aarch64, and what signal(2) takes
 * in place of a handler.
 *
 * Source: signal(7); asm-generic/signal-defs.h.
 *
 * @module
 */

export const SIGKILL = 9;
export const SIGSEGV = 11;
export const SIGPIPE = 13;
export const SIGCHLD = 17;
export const SIGXFSZ = 25;

export const SIG_DFL = 0n;
export const SIG_IGN = 1n;
