/**
 * What `simulate` says of single calls.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  baseEnvironment,
  hasCommand,
  type Program,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const MKDIR_PLUGIN = new URL("../plugins/mkdir.ts", import.meta.url).pathname;
const onlyX86 = Deno.build.arch === "x86_64"
  ? undefined
  : "the ABIs are those of x86_64";

/** Simulates one call; paths and program are those of one scratch folder. */
class Simulator implements Disposable {
  readonly #scratch = new Scratch();
  readonly #program: Program;
  readonly #config: string;

  constructor(program: Program, keys = "") {
    this.#program = program;
    this.#config = this.#scratch.config(keys);
  }

  async run(...args: string[]) {
    const flags = ["-c", this.#config, "--stage", "after_script"];
    const command = ["simulate", ...flags, ...args];
    const { code, stdout, stderr } = await run(this.#program, command);
    const short = (text: string) => text.replaceAll(this.#scratch.path, "");
    return { code, stdout: short(stdout), stderr: short(stderr) };
  }

  /** The exit code and what is decided, by `--json`. */
  async decide(...args: string[]) {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    assert.equal(stderr, "");
    const { action, call, decidedBy, filters, notices } = JSON.parse(stdout);
    return { code, action, call, decidedBy, filters, notices };
  }

  file(name: string, content: string): string {
    return this.#scratch.file(name, content);
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }
}

testEach("simulate tells verdict, rule, origin and path", async (program) => {
  using simulator = new Simulator(program);
  const { code, stdout, stderr } = await simulator.run("ioctl", "0", "TIOCSTI");
  assert.deepEqual([code, stderr], [1, ""]);
  assert.match(
    stdout,
    /^ioctl\(fd=0x0, cmd=TIOCSTI\) on \w+ at after_script\nActErrno\(EPERM\): the call fails with EPERM\n\nfilter, which decides: ActErrno\(EPERM\)\n {2}rule {2}ioctl when arg1 & 0xffffffff == TIOCSTI\n {2}from {2}default: block_tty_injection\n {2}path {2}0[-\d ]+\n$/,
  );
  const other = await simulator.run("ioctl", "0", "FIONREAD");
  assert.equal(other.code, 0);
  assert.match(other.stdout, /\nActAllow: the call is carried out\n/);
  assert.match(
    other.stdout,
    /\n {2}rule {2}none matches: the default action\n/,
  );
});

testEach("simulate reads numbers and constants", async (program) => {
  using simulator = new Simulator(program);
  const cases: [string[], number, string[]][] = [
    [["ioctl", "-1", "0x5412"], 1, ["0xffffffffffffffff", "0x5412"]],
    // The kernel looks at 32 bits of the command, and so does the rule.
    [["ioctl", "0", "0xffffffff00005412"], 1, ["0x0", "0xffffffff00005412"]],
    [["ioctl", "0", "-1"], 0, ["0x0", "0xffffffffffffffff"]],
    [
      ["openat", "AT_FDCWD", "0", "O_CREAT|O_WRONLY", "0o644"],
      0,
      ["0xffffffffffffff9c", "0x0", "0x41", "0x1a4"],
    ],
    [["read"], 0, []],
  ];
  for (const [args, code, expected] of cases) {
    const found = await simulator.decide(...args);
    assert.deepEqual([found.code, found.call.arguments], [code, expected]);
    assert.equal(found.call.syscall, args[0]);
  }
  const { stdout } = await simulator.run("openat", "-100", "0", "65");
  assert.match(stdout, /^openat\(dfd=AT_FDCWD, .*flags=O_WRONLY\|O_CREAT\)/);
});

testEach("simulate names the configuration's line", async (program) => {
  using simulator = new Simulator(
    program,
    'block_calls = [\n  "ptrace",\n]\nerrno = "ENOSYS"\n',
  );
  const { code, stdout } = await simulator.run("ptrace", "PTRACE_ATTACH", "1");
  assert.equal(code, 1);
  assert.match(stdout, /^ptrace\(request=PTRACE_ATTACH, pid=0x1\)/);
  assert.match(stdout, /\nActErrno\(ENOSYS\): the call fails with ENOSYS\n/);
  assert.match(
    stdout,
    /\n {2}rule {2}every ptrace\n {2}from {2}block_calls \/jacamar\.toml:3\n/,
  );
});

testEach("simulate says who chose the default action", async (program) => {
  using simulator = new Simulator(
    program,
    'block_all = true\nallow_calls = ["execve", "read"]\n',
  );
  const allowed = await simulator.decide("read", "0");
  assert.deepEqual([allowed.code, allowed.action], [0, "ActAllow"]);
  assert.deepEqual(allowed.filters[0].origins, [
    allowed.filters[0].rules[0].origin,
  ]);
  assert.match(allowed.filters[0].origins[0], /^allow_calls .*:3$/);
  const refused = await simulator.decide("write", "1");
  assert.deepEqual([refused.code, refused.action], [1, "ActErrno(1)"]);
  assert.equal(refused.filters[0].by, "default action");
  assert.match(refused.filters[0].origins[0], /^block_all .*:2$/);
});

testEach(
  "simulate goes through the filters that are loaded together",
  async (program) => {
    using simulator = new Simulator(
      program,
      `limit_setuid = true\nenforce_defaults = true\nvalidation_plugin = "${MKDIR_PLUGIN}"\n`,
    );
    const as = ["--user", "1000:1000"];
    const own = await simulator.decide(...as, "setuid", "1000");
    assert.deepEqual([own.code, own.action], [0, "ActAllow"]);
    const root = await simulator.decide(...as, "setuid", "0");
    assert.deepEqual([root.code, root.decidedBy], [1, "limit_setuid"]);
    assert.deepEqual(
      root.filters.map(({ name, action }: Record<string, string>) => [
        name,
        action,
      ]),
      [
        ["limit_setuid", "ActErrno(1)"],
        ["enforce_defaults", "ActAllow"],
        ["filter", "ActAllow"],
      ],
    );
    const unchanged = await simulator.decide(...as, "setreuid", "-1", "1000");
    assert.equal(unchanged.code, 0);
    const mkdir = await simulator.decide("mkdir", "0", "0o755");
    assert.deepEqual([mkdir.code, mkdir.decidedBy], [1, "filter"]);
    const last = mkdir.filters.at(-1);
    assert.deepEqual(last.origins, [`plugin ${MKDIR_PLUGIN}`]);
  },
  onlyX86,
);

testEach("simulate tells other ABIs apart", async (program) => {
  using simulator = new Simulator(
    program,
    'architectures = ["native", "x86"]\nblock_calls = ["mkdir"]\n',
  );
  const x32 = await simulator.run("--arch", "x32", "mkdir");
  assert.equal(x32.code, 1);
  assert.match(
    x32.stdout,
    /^mkdir\(\) on x32 .*\nActKillProcess: the process is killed/,
  );
  assert.match(x32.stdout, /none matches: the bad-arch action/);
  const x86 = await simulator.decide("--arch", "x86", "ioctl", "-1", "TIOCSTI");
  assert.deepEqual([x86.code, x86.action], [1, "ActErrno(1)"]);
  assert.deepEqual(x86.call.arguments, ["0xffffffff", "0x5412"]);
  const byNumber = await simulator.decide("--arch", "x86", "39");
  assert.deepEqual([byNumber.code, byNumber.call.syscall], [1, "mkdir"]);
  const socket = await simulator.decide("--arch", "x86", "socket", "AF_INET");
  assert.deepEqual([socket.code, socket.call.number], [0, 359]);
  assert.match(socket.notices[0], /through socketcall too/);
  const accept = await simulator.run("--arch", "x86", "accept");
  assert.equal(accept.code, 2);
  assert.match(
    accept.stderr,
    /x86 has no accept of its own: it is made through socketcall, whose first argument is then 5/,
  );
  const wide = await simulator.run("--arch", "x86", "ioctl", "0x100000000");
  assert.equal(wide.code, 2);
  assert.match(wide.stderr, /does not fit into the 32 bits of x86/);
  const aarch64 = await simulator.run("--arch", "aarch64", "mkdir");
  assert.equal(aarch64.code, 2);
  assert.match(aarch64.stderr, /aarch64 has no mkdir/);
}, onlyX86);

testEach("simulate shows what mode = log would refuse", async (program) => {
  using simulator = new Simulator(program, 'mode = "log"\n');
  const { code, stdout } = await simulator.run("ioctl", "0", "TIOCSTI");
  assert.equal(code, 0);
  assert.match(stdout, /\nActLog: the call is carried out, and logged\n/);
  assert.match(
    stdout,
    /\n asked {2}ActErrno\(EPERM\), which is not enforced\n/,
  );
});

testEach("simulate without a filter lets every call pass", async (program) => {
  using simulator = new Simulator(program, "disabled = true\n");
  const { code, stdout } = await simulator.run("ioctl", "0", "TIOCSTI");
  assert.equal(code, 0);
  assert.match(stdout, /disabled = true: there is no filter\n$/);
});

testEach(
  "simulate notices arguments that a call does not have",
  async (program) => {
    using simulator = new Simulator(program);
    const { code, stdout } = await simulator.run("getpid", "1");
    assert.equal(code, 0);
    assert.match(stdout, /notice: getpid has 0 arguments: the kernel ignores/);
  },
);

testEach("simulate corrects slips, and runs nothing then", async (program) => {
  using simulator = new Simulator(program);
  const cases: [string[], RegExp][] = [
    [["mknodatt"], /no system call "mknodatt", did you mean "mknodat"\?/],
    [
      ["ioctl", "0", "TIOCSTY"],
      /no constant "TIOCSTY", did you mean "TIOCSTI"/,
    ],
    [["ioctl", "0", "TIOCSTI|"], /nothing on one side of a "\|"/],
    [["read", "0x"], /"0x" is not a number/],
    [["read", "1", "2", "3", "4", "5", "6", "7"], /at most 6 arguments, not 7/],
    [["5000000000"], /not the number of a system call/],
    [["--arch", "pdp11", "read"], /no architecture 'pdp11'/],
    [[], /at least 1 argument/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await simulator.run(...args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
  }
});

testEach("what cannot be simulated is no verdict", async (program) => {
  using broken = new Simulator(program, "block_call = []\n");
  const { code, stdout, stderr } = await broken.run("read");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /unknown key "block_call"/);
  using leaving = new Simulator(program, 'validation_plugin = "leave.js"\n');
  leaving.file(
    "leave.js",
    "export function seccompExpansion() { Deno.exit(0); }",
  );
  assert.equal((await leaving.run("read")).code, 2);
});

testEach(
  "colours are for terminals, and for those who want them",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config('block_calls = ["ptrace"]\n');
    const args = ["simulate", "-c", config, "--stage", "x", "ptrace"];
    const command = [...program.command, ...args].join(" ");
    const onTerminal = {
      name: "script",
      command: ["script", "-qec", command, "/dev/null"],
    };
    const env = baseEnvironment(program);
    const coloured = await run(onTerminal, [], { env });
    assert.equal(coloured.code, 1, coloured.stdout);
    assert.ok(coloured.stdout.includes("\x1b[31mActErrno(EPERM)\x1b[39m:"));
    const plain = await run(onTerminal, [], { env: { ...env, NO_COLOR: "1" } });
    assert.match(plain.stdout, /^ActErrno\(EPERM\): /m);
    assert.ok(!plain.stdout.includes("\x1b["));
  },
  hasCommand("script") ? undefined : "script(1) is missing",
);
