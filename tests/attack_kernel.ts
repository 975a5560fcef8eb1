/**
 * Attacks on the promises F2 and F3: a kernel that refuses what we ask of it,
 * or somebody who answers in its place.
 */
import assert from "node:assert/strict";
import { assertClosed, type Attack } from "./attack.ts";
import {
  assertNotRunOrWitness,
  DRIVER_CODE,
  needs,
  PATIENTLY,
  Witness,
} from "./attack_witness.ts";
import { compiled, type Program } from "./program.ts";

const IS_ARM = Deno.build.arch === "aarch64";
/** Numbers of system calls here (syscalls(2)). */
const SECCOMP = IS_ARM ? 277 : 317;
const PRCTL = IS_ARM ? 167 : 157;
const MEMFD_CREATE = IS_ARM ? 279 : 319;
const CAPGET = IS_ARM ? 90 : 125;

/** Loads an outer filter that answers one system call with one action. */
const OUTER = `
  my ($prctl, $call, $action) = splice @ARGV, 0, 3;
  my $program = join "", map { pack "SCCL", @$_ } [0x20, 0, 0, 0],
    [0x15, 0, 1, $call], [0x06, 0, 0, $action], [0x06, 0, 0, 0x7fff0000];
  my $header = pack "Sx6P", 4, $program;
  syscall($prctl + 0, 38, 1, 0, 0, 0) == 0 or die $!;
  syscall($prctl + 0, 22, 2, $header) == 0 or die $!;
  exec @ARGV;
`;

function outer(call: number, action: number): readonly string[] {
  return ["perl", "-e", OUTER, `${PRCTL}`, `${call}`, `${action}`];
}

/**
 * What an outer filter may answer (seccomp(2)); one that ends the thread leaves
 * a process that never ends, whatever it does.
 */
const ERRNO = 0x0005_0000;
const ANSWERS: Readonly<Record<string, number>> = {
  "EPERM": ERRNO | 1,
  "ENOSYS": ERRNO | 38,
  "EFAULT, as the kernel does": ERRNO | 14,
  "success": ERRNO,
  "an errno beyond all": ERRNO | 0xffff,
  "SIGSYS": 0x0003_0000,
  "the end of the process": 0x8000_0000,
  "a tracer that is not there": 0x7ff0_0000,
};

const answers = Object.entries(ANSWERS).map(([what, action]): Attack => ({
  promise: "F2",
  name: `an outer filter answers seccomp with ${what}`,
  missing: needs("perl"),
  async attack(program) {
    using scene = new Witness();
    const wrapper = [...PATIENTLY, ...outer(SECCOMP, action)];
    assertClosed(scene, await scene.exec(program, { wrapper }));
  },
}));

const refusals: readonly Attack[] = [
  ...answers,
  ...Object.entries({ memfd_create: MEMFD_CREATE, capget: CAPGET }).map((
    [name, call],
  ): Attack => ({
    promise: "F2",
    name: `an outer filter refuses ${name}`,
    missing: needs("perl"),
    async attack(program) {
      using scene = new Witness();
      const wrapper = [...PATIENTLY, ...outer(call, ERRNO | 1)];
      assertClosed(scene, await scene.exec(program, { wrapper }));
    },
  })),
  ...["EINVAL", "ENOMEM", "EACCES", "EBUSY", "ENOSYS", "EINTR"].map((
    error,
  ): Attack => ({
    promise: "F2",
    name: `the kernel refuses the filter with ${error}`,
    missing: needs("strace"),
    async attack(program) {
      using scene = new Witness();
      const wrapper = [...PATIENTLY, ...inject("seccomp", `error=${error}`)];
      assertClosed(scene, await scene.exec(program, { wrapper }));
    },
  })),
  {
    promise: "F2",
    name: "the kernel takes no_new_privs, and does not set it",
    missing: needs("strace"),
    async attack(program) {
      using scene = new Witness("no_new_privs = true\n");
      const wrapper = [...PATIENTLY, ...inject("prctl", "retval=0")];
      const result = await scene.exec(program, { wrapper });
      assertNotRunOrWitness(scene, result);
      assert.equal(scene.wasRun, false);
    },
  },
  {
    promise: "F2",
    name: "the kernel takes neither no_new_privs nor a filter without",
    missing: needs("strace"),
    async attack(program) {
      using scene = new Witness("no_new_privs = true\n");
      const wrapper = [...PATIENTLY, ...inject("prctl", "error=EINVAL")];
      assertNotRunOrWitness(scene, await scene.exec(program, { wrapper }));
      assert.equal(scene.wasRun, false);
    },
  },
];

/** Has a call of the main thread answered by strace, each time or the n-th. */
function inject(call: string, what: string, when?: number): readonly string[] {
  const which = when === undefined ? "" : `:when=${when}`;
  return [
    ...["strace", "-o", "/dev/null", "-e", `trace=${call}`],
    ...["-e", `inject=${call}:${what}${which}`],
  ];
}

/** Errors that calls may have of all things; of others, EINVAL. */
const ERRORS: Readonly<Record<string, string>> = {
  access: "EACCES",
  brk: "ENOMEM",
  clone3: "EAGAIN",
  close: "EIO",
  dup2: "EMFILE",
  dup3: "EMFILE",
  execve: "ENOMEM",
  fcntl: "EMFILE",
  futex: "EINTR",
  getrandom: "EINTR",
  memfd_create: "EMFILE",
  mmap: "ENOMEM",
  mprotect: "ENOMEM",
  openat: "EMFILE",
  pread64: "EIO",
  prctl: "EPERM",
  prlimit64: "EPERM",
  read: "EIO",
  readlink: "EACCES",
  recvmsg: "EIO",
  seccomp: "ENOMEM",
  sendmsg: "EAGAIN",
  socketpair: "EMFILE",
  statx: "EACCES",
  timer_create: "EAGAIN",
  unshare: "ENOMEM",
  write: "ENOSPC",
};
/**
 * Calls whose failure the kernel does not know, or which the allocators of V8
 * and C answer by trying again.
 */
const LEFT_OUT = /^(?:exit|exit_group|get[a-z]*id|rt_sigprocmask|sched_yield)$/;
/** How many runs there are at most; deno run starts slowly. */
const mostRuns = (program: Program) => program === compiled ? 30 : 12;

/** What the main thread calls from its configuration to its driver, counted. */
function calls(trace: string): { call: string; occurrence: number }[] {
  const counts = new Map<string, number>();
  const found: { call: string; occurrence: number }[] = [];
  let isOurs = false;
  for (const line of trace.split("\n")) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const occurrence = (counts.get(call) ?? 0) + 1;
    counts.set(call, occurrence);
    isOurs ||= call === "openat" && line.includes('jacamar.toml"');
    if (isOurs && !LEFT_OUT.test(call)) found.push({ call, occurrence });
    if (/^execve\("[^"]*\/driver"/.test(line)) return found;
  }
  return found;
}

/** Some of the calls: of each name the last ones, evenly. */
function choose(
  all: ReturnType<typeof calls>,
  most: number,
): ReturnType<typeof calls> {
  const byName = Map.groupBy(all, ({ call }) => call);
  const chosen: ReturnType<typeof calls> = [];
  for (let depth = 1; chosen.length < most; depth++) {
    const round = [...byName.values()].flatMap((list) => list.at(-depth) ?? []);
    if (round.length === 0) break;
    chosen.push(...round);
  }
  return chosen.slice(0, most);
}

async function sweep(
  program: Program,
  keys: string,
  plugin = "",
): Promise<void> {
  using scene = new Witness();
  const prepare = () => {
    const logging =
      `[auth.logging]\nenabled = true\nlocation = "${scene.path}/log"\n`;
    scene.config(
      `block_calls = ["mkdir", "mkdirat"]\nplugin_timeout = "5s"\n${keys}${logging}`,
    );
    scene.file("plugin.js", plugin);
  };
  prepare();
  const trace = `${scene.path}/trace`;
  const { code } = await scene.exec(program, {
    wrapper: ["strace", "-s", "200", "-o", trace],
  });
  assert.equal(code, DRIVER_CODE);
  const chosen = choose(
    calls(Deno.readTextFileSync(trace)),
    mostRuns(program),
  );
  assert.ok(chosen.length >= 12, `${chosen.length} calls`);
  for (const { call, occurrence } of chosen) {
    scene.clear();
    const what = `error=${ERRORS[call] ?? "EINVAL"}`;
    const result = await scene.exec(program, {
      wrapper: [...PATIENTLY, ...inject(call, what, occurrence)],
    });
    try {
      assertNotRunOrHindered(scene, result);
    } catch (cause) {
      throw new Error(`${call} number ${occurrence}: ${what}`, { cause });
    }
  }
}

/**
 * The n-th call may be one of the driver's, where a run differs from the one
 * before: then it is the driver that fails, under its filter.
 */
function assertNotRunOrHindered(
  scene: Witness,
  result: Parameters<typeof assertNotRunOrWitness>[1],
): void {
  const status = scene.read("status");
  if (status === "") return assertNotRunOrWitness(scene, result);
  assert.match(status, /^Seccomp_filters:\s*1$/m);
  assert.notEqual(result.code, 0);
}

const PLUGIN = `export async function seccompExpansion() { await 0; }`;

export const kernelAttacks: readonly Attack[] = [
  ...refusals,
  {
    promise: "F3",
    name: "each call on the way fails once",
    missing: needs("strace"),
    attack: (program) => sweep(program, ""),
  },
  {
    promise: "F3",
    name: "each call on the way fails once, with a plugin and no_new_privs",
    missing: needs("strace"),
    attack: (program) =>
      sweep(
        program,
        'validation_plugin = "plugin.js"\nno_new_privs = true\n',
        PLUGIN,
      ),
  },
  ...["mmap", "mprotect", "brk"].map((call): Attack => ({
    promise: "F3",
    name: `there is no memory any more: ${call} fails from some time on`,
    missing: needs("strace"),
    async attack(program) {
      // Deno itself needs some: where that ends differs by version.
      const steps = program === compiled ? [1, 10, 30, 60, 120] : [1, 30, 120];
      for (const start of steps) {
        using scene = new Witness();
        const result = await scene.exec(program, {
          wrapper: [
            ...[
              ...PATIENTLY,
              "strace",
              "-o",
              "/dev/null",
              "-e",
              `trace=${call}`,
            ],
            ...["-e", `inject=${call}:error=ENOMEM:when=${start}+`],
          ],
        });
        // The driver has no memory then either.
        if (scene.read("status") !== "") assertNotRunOrHindered(scene, result);
        else assert.notEqual(result.code, 0);
      }
    },
  })),
];
