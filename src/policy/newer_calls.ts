/**
 * Calls that libseccomp may not know the names of, but the kernel has: their
 * numbers, which are the same on every architecture, and the Linux that brought
 * them.
 *
 * Source: scripts/syscall.tbl of Linux.
 */
export const newerCalls: ReadonlyMap<
  string,
  { readonly number: number; readonly since: string }
> = new Map([
  ["epoll_pwait2", { number: 441, since: "5.11" }],
  ["mount_setattr", { number: 442, since: "5.12" }],
  ["quotactl_fd", { number: 443, since: "5.14" }],
  ["fchmodat2", { number: 452, since: "6.6" }],
  ["setxattrat", { number: 463, since: "6.13" }],
  ["getxattrat", { number: 464, since: "6.13" }],
  ["listxattrat", { number: 465, since: "6.13" }],
  ["removexattrat", { number: 466, since: "6.13" }],
  ["open_tree_attr", { number: 467, since: "6.15" }],
]);
