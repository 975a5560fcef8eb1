/**
 * The users of attacks on files: what takes root to play.
 *
 * @module
 */
import { hasCommand, isRoot } from "./program.ts";

/** An ordinary user, who runs the executable. */
export const USER = 65534;
/** Somebody else, who attacks. */
export const OTHER = 65533;

/** Runs a command as a user, who has nothing of root's left. */
export function as(user: number): readonly string[] {
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
}

/** `deno run` has no cache that another user may use; the executable needs none. */
export const asUser = { wrapper: as(USER) };

export const needsRoot = !isRoot
  ? "needs root"
  : hasCommand("setpriv")
  ? undefined
  : "needs setpriv";

/** Gives a file, a folder or a link to a user: no link is followed. */
export function give(path: string, user = OTHER): void {
  const { success } = new Deno.Command("chown", {
    args: ["-h", `${user}:${user}`, path],
  }).outputSync();
  if (!success) throw new Error(`could not give ${path} to ${user}`);
}

export const needsPerl = hasCommand("perl") ? undefined : "needs perl";

/**
 * Runs a Perl program, which says when it is ready, with its arguments for as
 * long as the result is held.
 */
export async function perl(
  wrapper: readonly string[],
  ...args: string[]
): Promise<AsyncDisposable> {
  const [command, ...rest] = [...wrapper, "perl", "-e", ...args];
  const child = new Deno.Command(command, { args: rest, stdout: "piped" })
    .spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/**
 * System calls that are made from Perl, by number. Source:
 * arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
 */
export const CALLS = Deno.build.arch === "x86_64"
  ? { execve: 59, prctl: 157, seccomp: 317, memfd_create: 319 }
  : { execve: 221, prctl: 167, seccomp: 277, memfd_create: 279 };
