/** Attacks on the promises S4 and S5: limits and signals that are set against us. */
import assert from "node:assert/strict";
import { assertClosed, type Attack, SYSTEM_FAILURE } from "./attack.ts";
import {
  after,
  assertNotRun,
  assertWitness,
  needs,
  PATIENTLY,
  READ_STATUS,
  Witness,
} from "./attack_witness.ts";
import { compiled, isRoot, type Program, run } from "./program.ts";

const HANGING = "export function seccompExpansion() { for (;;); }\n";
/** Takes as long as Deno does to have handlers of its own, and longer. */
const SLOW =
  "export const seccompExpansion = () => new Promise((done) => setTimeout(done, 1500));\n";
const BLOCKING = 'block_calls = ["mkdir", "mkdirat"]\n';
const ORDINARY = isRoot
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  : [];

/** Limits under which nothing much can run; bytes, seconds or numbers. */
const LOWEST: Readonly<Record<string, readonly string[]>> = {
  "descriptors": ["4", "6", "8", "10", "12", "13", "14", "16", "20"]
    .map((count) => `--nofile=${count}:${count}`),
  "address space": ["0", "1000000", "200000000", "20000000000"]
    .map((size) => `--as=${size}`),
  "data": ["0", "10000000", "50000000", "150000000"]
    .map((size) => `--data=${size}`),
  "stack": ["0", "65536", "300000"].map((size) => `--stack=${size}`),
};

/**
 * Runs a driver that needs next to nothing, and asserts that it was run filtered
 * or not at all.
 */
async function grepFilters(
  program: Program,
  scene: Witness,
  wrapper: readonly string[],
): Promise<void> {
  const result = await run(
    program,
    [
      ...["exec", "-c", `${scene.path}/jacamar.toml`, "--stage", "x", "--"],
      ...["grep", "Seccomp_filters:", "/proc/self/status"],
    ],
    { wrapper },
  );
  if (result.stdout === "") assertNotRun(scene, result);
  else assert.match(result.stdout, /^Seccomp_filters:\s*1\n$/);
}

const lowest = Object.entries(LOWEST).map(([what, limits]): Attack => ({
  promise: "S4",
  name: `there is hardly any ${what}`,
  missing: needs("prlimit"),
  async attack(program) {
    for (const limit of limits) {
      using scene = new Witness();
      const wrapper = [...PATIENTLY, "prlimit", limit];
      await grepFilters(program, scene, wrapper);
    }
  },
}));

/** Limits that we can live with, so the driver must have them as they are. */
const LIVEABLE = [
  "--core=0",
  "--cpu=60:90",
  "--locks=0",
  "--memlock=0",
  "--msgqueue=0",
  "--nice=0",
  "--nofile=64:128",
  "--rss=0",
  "--rtprio=0",
  "--sigpending=0",
  "--stack=1048576:4194304",
];

export const limitAttacks: readonly Attack[] = [
  ...lowest,
  {
    promise: "S4",
    name: "limits that can be lived with are the driver's, as they were",
    missing: needs("prlimit"),
    async attack(program) {
      using scene = new Witness();
      const wrapper = ["prlimit", ...LIVEABLE];
      await scene.bare({ wrapper });
      const bare = scene.read("limits");
      scene.clear();
      assertWitness(scene, await scene.exec(program, { wrapper }));
      const parents = (limits: string) =>
        // deno run takes its parent's soft limit for its own.
        program === compiled
          ? limits
          : limits.replace(/^Max open files.*$/m, "");
      assert.equal(parents(scene.read("limits")), parents(bare));
    },
  },
  {
    promise: "S4",
    name: "no process may be started: by an ordinary user",
    missing: isRoot ? needs("prlimit", "setpriv") : needs("prlimit"),
    async attack(program) {
      for (const count of ["0", "1"]) {
        using scene = new Witness();
        const limit = `--nproc=${count}:${count}`;
        const wrapper = [...PATIENTLY, "prlimit", limit, ...ORDINARY];
        await grepFilters(program, scene, wrapper);
      }
    },
  },
  {
    promise: "S4",
    name: "no timer may be made for a plugin that never ends",
    missing: needs("prlimit"),
    async attack(program) {
      using scene = new Witness();
      scene.plugin(HANGING, 'plugin_timeout = "200ms"\n');
      const result = await scene.exec(program, {
        wrapper: [...PATIENTLY, "prlimit", "--sigpending=0:0"],
      });
      assertClosed(scene, result);
    },
  },
  {
    promise: "S4",
    name: "the time of the processor is over while a plugin runs",
    missing: needs("prlimit"),
    async attack(program) {
      using scene = new Witness();
      scene.plugin(HANGING, 'plugin_timeout = "20s"\n');
      const result = await scene.exec(program, {
        wrapper: [...PATIENTLY, "prlimit", "--cpu=1:2"],
      });
      assertNotRun(scene, result);
    },
  },
  {
    promise: "S4",
    name: "no file may grow: a program that was written in part is not loaded",
    missing: needs("prlimit"),
    async attack(program) {
      const sizes = [
        0,
        1,
        7,
        8,
        16,
        24,
        40,
        64,
        72,
        80,
        96,
        100,
        104,
        120,
        128,
      ];
      for (const size of sizes) {
        using scene = new Witness();
        const result = await scene.exec(program, {
          wrapper: [...PATIENTLY, "prlimit", `--fsize=${size}:${size}`],
        });
        // deno run writes to its own cache, and gets SIGXFSZ for that.
        if (program === compiled) assertClosed(scene, result);
        else assertNotRun(scene, result);
      }
    },
  },
  {
    promise: "S4",
    name:
      "no file may grow: an ignored SIGXFSZ stays ignored, a default one so",
    missing: needs("prlimit"),
    async attack(program) {
      for (const ignore of ["", "trap '' XFSZ; "]) {
        using scene = new Witness();
        const wrapper = after(`${ignore}:`);
        await scene.bare({ wrapper });
        const bare = ignored(scene.read("status"));
        scene.clear();
        assertWitness(scene, await scene.exec(program, { wrapper }));
        assert.equal(ignored(scene.read("status")), bare);
      }
    },
  },
];

/** What a driver finds ignored, but for the one that Deno hides from us. */
function ignored(status: string): bigint {
  const SIGPIPE = 1n << 12n;
  return signals(status, "SigIgn") & ~SIGPIPE;
}

/** A signal set of proc_pid_status(5), without the two of glibc (nptl(7)). */
function signals(status: string, name: string): bigint {
  const LIBRARY = 3n << 31n;
  const set = new RegExp(`^${name}:\\s+(\\w+)$`, "m").exec(status)?.[1] ?? "0";
  return BigInt(`0x${set}`) & ~LIBRARY;
}

/** What a parent may have done to signals, as coreutils' env does it. */
const TREATMENTS: Readonly<Record<string, readonly string[]>> = {
  "ignored": ["env", "--ignore-signal"],
  "blocked": ["env", "--block-signal"],
  "ignored and blocked": ["env", "--ignore-signal", "--block-signal"],
};

const treatments = Object.entries(TREATMENTS).flatMap((
  [what, wrapper],
): Attack[] => [
  {
    promise: "S5",
    name: `all signals are ${what}: the driver has them so`,
    missing: treatmentProblem(),
    async attack(program) {
      using scene = new Witness();
      await scene.bare({ wrapper });
      const bare = scene.read("status");
      scene.clear();
      assertWitness(scene, await scene.exec(program, { wrapper }));
      const ours = scene.read("status");
      assert.equal(ignored(ours), ignored(bare));
      assert.equal(signals(ours, "SigBlk"), signals(bare, "SigBlk"));
    },
  },
  {
    promise: "S5",
    name:
      `all signals are ${what}, and a plugin is slow: the driver has them so`,
    missing: treatmentProblem(),
    async attack(program) {
      using scene = new Witness();
      await scene.bare({ wrapper });
      const bare = scene.read("status");
      scene.clear();
      scene.plugin(SLOW, BLOCKING);
      assertWitness(scene, await scene.exec(program, { wrapper }));
      assert.equal(ignored(scene.read("status")), ignored(bare));
    },
  },
  {
    promise: "S5",
    name: `all signals are ${what}, and a plugin never ends`,
    missing: treatmentProblem(),
    async attack(program) {
      using scene = new Witness();
      scene.plugin(HANGING, 'plugin_timeout = "200ms"\n');
      const result = await scene.exec(program, {
        wrapper: [...PATIENTLY, ...wrapper],
      });
      assertClosed(scene, result);
    },
  },
]);

function treatmentProblem(): string | undefined {
  const { success } = new Deno.Command("env", {
    args: ["--block-signal=USR1", "--ignore-signal=USR1", "true"],
    stderr: "null",
  }).outputSync();
  return success ? undefined : "needs env of coreutils 8.31 or newer";
}

export const signalAttacks: readonly Attack[] = [
  ...treatments,
  {
    promise: "S5",
    name: "a signal is pending from before: the driver gets it, not we",
    missing: needs("perl"),
    async attack(program) {
      using scene = new Witness();
      const script =
        "use POSIX; my $set = POSIX::SigSet->new(SIGUSR1, SIGALRM, SIGTERM); sigprocmask(SIG_BLOCK, $set); kill $_, $$ for qw(USR1 ALRM TERM); exec @ARGV;";
      const wrapper = ["perl", "-e", script];
      scene.file("driver", `#!/bin/sh\n${READ_STATUS}\nexit 5\n`, 0o755);
      const bare = await scene.bare({ wrapper });
      const { code, stdout } = await scene.exec(program, { wrapper });
      assert.equal(code, 5);
      assert.match(stdout, /^Seccomp_filters:\s*1$/m);
      const pending = signals(stdout, "ShdPnd");
      assert.notEqual(pending, 0n);
      assert.equal(pending, signals(bare.stdout, "ShdPnd"));
    },
  },
  {
    promise: "S5",
    name: "SIGCHLD and SIGPIPE are ignored, and nobody reads what is said",
    async attack(program) {
      using scene = new Witness("no_such_key = 1\n");
      const result = await run(
        program,
        [
          ...["exec", "-u", "-c", `${scene.path}/jacamar.toml`],
          ...["--stage", "x", "--", scene.driver],
        ],
        {
          env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
          wrapper: [
            "sh",
            "-c",
            `trap '' CHLD PIPE; mkfifo ${scene.path}/fifo; exec 9<>${scene.path}/fifo 2>${scene.path}/fifo 9<&-; exec "$@"`,
            "sh",
          ],
        },
      );
      assertClosed(scene, result);
    },
  },
  {
    promise: "S5",
    name: "an alarm clock set by the parent rings for us, or for the driver",
    missing: needs("perl"),
    async attack(program) {
      using scene = new Witness();
      const result = await scene.exec(program, {
        wrapper: ["perl", "-e", "alarm 60; exec @ARGV;"],
      });
      assertWitness(scene, result);
      using early = new Witness();
      early.plugin(HANGING, 'plugin_timeout = "20s"\n');
      const rung = await early.exec(program, {
        wrapper: [...PATIENTLY, "perl", "-e", "alarm 1; exec @ARGV;"],
      });
      assertNotRun(early, rung);
    },
  },
];
