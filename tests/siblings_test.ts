/**
 * That calls of which the lint says that they do the same do so for the kernel:
 * with one refused, the other does its work.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno } from "../src/libc/errno.ts";
import { getNativeArch, getSyscallFromName } from "../src/libseccomp/mod.ts";
import { families } from "../src/policy/call_families.ts";
import { exists } from "../src/policy/call_state.ts";
import { execUnder, hasCommand, run, Scratch, testEach } from "./program.ts";

/**
 * Two calls with their arguments, each a term of perl. There are a file `f`, a
 * symbolic link `s` to it, an empty folder `d` and no `new`.
 */
type Pair = readonly [refused: string, open: string];

const PAIRS: readonly Pair[] = [
  ["mkdir 'new' 0755", "mkdirat -100 'new' 0755"],
  ["mkdirat -100 'new' 0755", "mkdir 'new' 0755"],
  ["rmdir 'd'", "unlinkat -100 'd' 0x200"],
  ["unlink 'f'", "unlinkat -100 'f' 0"],
  ["unlinkat -100 'f' 0", "unlink 'f'"],
  ["rename 'f' 'new'", "renameat -100 'f' -100 'new'"],
  ["renameat -100 'f' -100 'new'", "renameat2 -100 'f' -100 'new' 0"],
  ["link 'f' 'new'", "linkat -100 'f' -100 'new' 0"],
  ["symlink 'f' 'new'", "symlinkat 'f' -100 'new'"],
  ["mknod 'new' 010644 0", "mknodat -100 'new' 010644 0"],
  ["open 'f' 2", "openat2 -100 'f' pack('Q3',2) 24"],
  ["creat 'new' 0600", "open 'new' 01101 0600"],
  ["chmod 'f' 0600", "fchmodat -100 'f' 0600"],
  ["fchmodat -100 'f' 0600", "fchmod $file 0600"],
  ["chown 'f' -1 -1", "fchownat -100 'f' -1 -1 0"],
  ["lchown 's' -1 -1", "fchownat -100 's' -1 -1 0x100"],
  ["truncate 'f' 9", "ftruncate $file 9"],
  ["ftruncate $file 9", 'truncate "/proc/self/fd/$file" 9'],
  ["utimes 'f' 0", "utimensat -100 'f' 0 0"],
  ["access 'f' 0", "faccessat -100 'f' 0"],
  ["readlink 's' '_'x9 9", "readlinkat -100 's' '_'x9 9"],
  ["dup2 $file 20", "dup3 $file 20 0"],
  ["epoll_create 1", "epoll_create1 0"],
  ["inotify_init", "inotify_init1 0"],
  ["kill $$ 0", "tgkill $$ $$ 0"],
  ["tgkill $$ $$ 0", "kill $$ 0"],
  ["setrlimit 4 pack('Q2')", "prlimit64 0 4 pack('Q2') 0"],
  ["setuid $<+0", "setreuid $<+0 -1"],
  ["setreuid $<+0 -1", "setresuid $<+0 -1 -1"],
  ["setgid $(+0", "setresgid $(+0 -1 -1"],
];

const native = getNativeArch();

/** A call in perl, which prints its errno or 0. */
function perl(call: string): string {
  const [name, ...terms] = call.split(" ");
  const { number } = getSyscallFromName(name);
  return `@a = (${terms.join(", ")}); ` +
    `print syscall(${number}, @a) < 0 ? $!+0 : 0, " ";`;
}

for (const pair of PAIRS) {
  const [refused, open] = pair.map((call) => call.split(" ")[0]);
  if (!exists(refused, native) || !exists(open, native)) continue;
  testEach(
    `the kernel agrees: ${open} does what ${refused} does`,
    async (program) => {
      const isToldOf = families.some(({ tiers }) => {
        const tier = tiers.findIndex((names) => names.includes(refused));
        return tiers.slice(0, tier + 1).flat().includes(open);
      });
      assert.ok(isToldOf);
      using scratch = new Scratch();
      const config = scratch.config(`block_calls = ["${refused}"]\n`);
      scratch.file("f", "content");
      Deno.symlinkSync("f", `${scratch.path}/s`);
      Deno.mkdirSync(`${scratch.path}/d`);
      const script = `open(F, '+<', 'f'); $file = fileno(F); ${
        pair.map(perl).join(" ")
      }`;
      const { stdout, stderr } = await run(
        program,
        [...execUnder(config), "perl", "-e", script],
        { cwd: scratch.path },
      );
      assert.equal(stdout, `${errno.EPERM} 0 `, stderr);
    },
    hasCommand("perl") ? undefined : "needs perl",
  );
}
