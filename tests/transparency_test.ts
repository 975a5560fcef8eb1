import assert from "node:assert/strict";
import {
  baseEnvironment,
  compiled,
  execUnder,
  hasCommand,
  type Program,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const BARE: Program = { name: "bare", command: [] };

/**
 * What a process can tell of itself, by the program that prints it; none of
 * them changes anything on its own.
 */
const PROBES: Readonly<Record<string, readonly string[]>> = {
  "the environment, byte for byte": ["cat", "/proc/self/environ"],
  "arguments, its own name first": ["cat", "/proc/self/cmdline", "/dev/null"],
  "signals, umask, ids, capabilities and scheduling": [
    "cat",
    "/proc/self/status",
  ],
  "limits": ["cat", "/proc/self/limits"],
  "the current directory": ["pwd", "-P"],
  "the flags of its standard descriptors": [
    "cat",
    "/proc/self/fdinfo/0",
    "/proc/self/fdinfo/1",
    "/proc/self/fdinfo/2",
  ],
  "open descriptors": ["ls", "-l", "/proc/self/fd"],
  "session, process group and controlling terminal": ["cat", "/proc/self/stat"],
  "timers": ["cat", "/proc/self/timers"],
  "personality": ["cat", "/proc/self/personality"],
  "out-of-memory score": ["cat", "/proc/self/oom_score_adj"],
  "core dump filter": ["cat", "/proc/self/coredump_filter"],
  "timer slack": ["cat", "/proc/self/timerslack_ns"],
};

/** What differs between any two runs of the same program. */
const VOLATILE = [
  /^(?:Pid|Tgid|Ngid|PPid|NStgid|NSpid|NSpgid|NSsid):.*\n/gm,
  /^(?:Vm\w+|Rss\w+|Huge\w+|voluntary_ctxt_switches|nonvoluntary_ctxt_switches):.*\n/gm,
  /(?:pipe|socket):\[\d+\]/g,
  // How many signals wait for all of the user's processes.
  /(?<=^SigQ:\s+)\d+(?=\/)/gm,
  /\d{2}:\d{2}/g,
  /(?<=\/proc\/)\d+/g,
  /^ino:.*\n/gm,
];

/** What must differ: the filter is there. */
const FILTER = /^(?:Seccomp|Seccomp_filters|NoNewPrivs|Speculation\w+):.*\n/gm;

for (const [what, command] of Object.entries(PROBES)) {
  testEach(`the driver finds as without us: ${what}`, async (program) => {
    using scratch = new Scratch();
    const plugin = new URL("../plugins/mkdir.ts", import.meta.url).pathname;
    const config = scratch.config(`validation_plugin = "${plugin}"\n`);
    // Surroundings that are not what everybody has: a umask, limits, an ignored
    // and a blocked signal, an extra descriptor.
    const setting =
      "umask 027; ulimit -Sn 321; ulimit -Sc 0; trap '' HUP USR2; exec 7</dev/null; \"$@\"; exit $?";
    const options = {
      cwd: scratch.path,
      env: {
        ...baseEnvironment(program),
        LANG: "C",
        EMPTY: "",
        LINES: "two\nlines",
      },
      wrapper: ["sh", "-c", setting, "sh"],
    };
    const bare = await run(BARE, command, options);
    const ours = await run(
      program,
      ["exec", "-c", config, "--stage", "after_script", "--", ...command],
      options,
    );
    assert.deepEqual([ours.code, ours.stderr], [bare.code, bare.stderr]);
    assert.equal(
      comparable(ours.stdout, command),
      comparable(bare.stdout, command),
    );
  }, hasCommand(command[0]) ? undefined : `needs ${command[0]}`);
}

function comparable(text: string, command: readonly string[]): string {
  if (command[1] === "/proc/self/stat") {
    // proc_pid_stat(5): the name, then state, ppid, pgrp, session, tty_nr; of
    // those the terminal and whether the groups agree.
    const [, ppid, pgrp, session, tty] = text.slice(text.lastIndexOf(")") + 2)
      .split(" ");
    return JSON.stringify([ppid === String(Deno.pid), pgrp, session, tty]);
  }
  const lasting = [FILTER, ...VOLATILE].reduce(
    (rest, pattern) => rest.replace(pattern, ""),
    text,
  );
  return lasting.replace(
    /^(Sig(?:Ign|Cgt):\s+)([0-9a-f]+)$/gm,
    (_, name, set) => name + withoutLibrarySignals(set),
  );
}

testEach(
  "the driver has the very process that was started",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const script = 'echo $$; exec "$@"';
    const { stdout } = await run(
      program,
      [...execUnder(config), "sh", "-c", "echo $$"],
      { wrapper: ["sh", "-c", script, "sh"] },
    );
    const [before, after] = stdout.split("\n");
    assert.equal(after, before);
  },
);

/**
 * A signal set of proc_pid_status(5) without the two that glibc keeps for
 * itself (nptl(7)): it sets what happens to them in every program that has
 * threads.
 */
function withoutLibrarySignals(set: string): string {
  const SIGCANCEL = 32n;
  const SIGSETXID = 33n;
  const own = (1n << (SIGCANCEL - 1n)) | (1n << (SIGSETXID - 1n));
  return (BigInt(`0x${set}`) & ~own).toString(16);
}

testEach(
  "limits are those that the runner gave, though its own are others",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config();
    const { stdout } = await run(
      program,
      [...execUnder(config), "sh", "-c", "ulimit -Sn"],
      { wrapper: ["sh", "-c", 'ulimit -Sn 321; exec "$@"', "sh"] },
    );
    assert.equal(stdout, "321\n");
  },
  undefined,
  [compiled],
);
