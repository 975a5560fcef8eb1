/**
 * What the kernel tells of filters that are in force, and that reading them
 * leaves no trace.
 *
 * @module
 */
import assert from "node:assert/strict";
import { effectiveUser } from "../src/launch/user.ts";
import { attachedFilters } from "../src/libc/attached_filters.ts";
import { readProcessStatus } from "../src/libc/process_status.ts";
import { getSyscallFromName } from "../src/libseccomp/mod.ts";
import { planRules } from "../src/policy/plan.ts";
import { atStage, loadPolicy } from "../src/policy/policy.ts";
import { buildStack } from "../src/policy/stack.ts";
import {
  ECHO,
  NOT_FREE,
  Subject,
  until,
  whyUnreadable,
} from "./attached_process.ts";
import {
  execUnder,
  fromSource,
  hasCommand,
  isRoot,
  run,
  Scratch,
  testUnless,
} from "./program.ts";

const STACKED = 'block_calls = ["mkdir"]\nlimit_setuid = true\n';
const NO_PERL = hasCommand("perl") ? undefined : "needs perl";

const CHILD = new URL("./attached_filters_child.ts", import.meta.url).pathname;
const READER = [
  ...[Deno.execPath(), "run", "--no-prompt", "--no-check", "--cached-only"],
  ...["--allow-ffi", CHILD],
] as const;

const UNREADABLE = await whyUnreadable();

/** The programs that `exec` makes of a configuration, in the order of loading. */
async function programsOf(config: string): Promise<Uint8Array[]> {
  const policy = atStage(await loadPolicy(config), "x");
  const stack = buildStack(await planRules(policy), policy, effectiveUser);
  return stack.conclude().flatMap(({ programs }) => [...programs]);
}

/** That reading fails. */
function assertFails(pid: number, code: string, message: RegExp): void {
  assert.throws(() => attachedFilters(pid), {
    name: "AttachedFiltersError",
    code,
    message,
  });
}

testUnless(NOT_FREE, "a process without a filter has none", async () => {
  await using subject = Subject.plain(...ECHO);
  assert.equal(await subject.line(), "ready");
  assert.deepEqual(attachedFilters(subject.pid), []);
});

testUnless(
  UNREADABLE,
  "the programs are those that were loaded, the oldest first",
  async () => {
    using scratch = new Scratch();
    const config = scratch.config(STACKED);
    await using subject = Subject.under(config, ...ECHO);
    assert.equal(await subject.line(), "ready");
    const programs = await programsOf(config);
    assert.equal(programs.length, 2);
    assert.deepEqual(attachedFilters(subject.pid), programs);
    assert.deepEqual(attachedFilters(subject.pid), programs);
    await subject.say("goes on");
    assert.equal(await subject.line(), "goes on");
  },
);

testUnless(
  UNREADABLE ?? NO_PERL,
  "a system call that waits goes on waiting",
  async () => {
    using scratch = new Scratch();
    const { number } = getSyscallFromName("ppoll");
    // The number of descriptors that are ready, or an errno.
    const script = `$| = 1; $fds = pack("iss", 0, 1, 0); print "ready\n"; ` +
      `$n = syscall(${number}, $fds, 1, 0, 0, 8); print $n < 0 ? $! : $n, "\n"`;
    await using subject = Subject.under(
      scratch.config(),
      ...["perl", "-e", script],
    );
    assert.equal(await subject.line(), "ready");
    await until(subject.pid, ({ state }) => state === "S");
    assert.equal(attachedFilters(subject.pid).length, 1);
    await until(subject.pid, ({ state }) => state === "S");
    await subject.say("");
    assert.equal(await subject.line(), "1");
  },
);

testUnless(UNREADABLE, "a stopped process stays stopped", async () => {
  using scratch = new Scratch();
  await using subject = Subject.under(
    scratch.config(),
    ...["sh", "-c", "echo ready; kill -STOP $$; echo awake; read -r line"],
  );
  assert.equal(await subject.line(), "ready");
  await until(subject.pid, ({ state }) => state === "T");
  let isAwake = false;
  const next = subject.line().finally(() => isAwake = true);
  assert.equal(attachedFilters(subject.pid).length, 1);
  await until(subject.pid, ({ state }) => state === "T");
  assert.equal(isAwake, false);
  Deno.kill(subject.pid, "SIGCONT");
  assert.equal(await next, "awake");
});

/**
 * Sends a signal to its child, the child one back, and so on; says how many came
 * back. The child is told of first.
 */
const PING_PONG = `
  $| = 1;
  $parent = $$;
  $SIG{RTMIN} = sub { $count++ };
  if (!($child = fork)) {
    $SIG{RTMIN} = sub { kill 34, $parent };
    print "$$\n";
    sleep 1 while getppid == $parent;
    exit;
  }
  <STDIN>;
  for $sent (1..100) {
    kill 34, $child;
    for (1..1000) {
      last if $count == $sent;
      select undef, undef, undef, 0.005;
    }
    last if $count < $sent;
  }
  print "$count\n"`;

testUnless(
  UNREADABLE ?? NO_PERL,
  "signals that come meanwhile are delivered",
  async () => {
    using scratch = new Scratch();
    await using subject = Subject.under(
      scratch.config(),
      ...["perl", "-e", PING_PONG],
    );
    const child = Number(await subject.line());
    await subject.say("go");
    let isOver = false;
    const count = subject.line().finally(() => isOver = true);
    while (!isOver) {
      for (let i = 0; i < 10; i++) attachedFilters(child);
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert.equal(await count, "100");
  },
);

testUnless(
  UNREADABLE,
  "a thread that is not the first can be asked too",
  async () => {
    using scratch = new Scratch();
    const config = scratch.config();
    await using subject = Subject.under(
      config,
      ...[Deno.execPath(), "eval", "--no-config"],
      "console.log('ready'); Deno.stdin.readSync(new Uint8Array(1))",
    );
    assert.equal(await subject.line(), "ready");
    const { stdout } = await run(
      { name: "ls", command: ["ls", `/proc/${subject.pid}/task`] },
      [],
    );
    const others = stdout.trim().split("\n").map(Number)
      .filter((thread) => thread !== subject.pid);
    assert.notEqual(others.length, 0);
    assert.deepEqual(attachedFilters(others[0]), await programsOf(config));
  },
);

Deno.test("a process that is not there is told of", () => {
  // The greatest id is 2²².
  assertFails(2 ** 22 + 1, "ESRCH", /there is no such process/);
  assertFails(0, "ESRCH", /process 0: ESRCH: there is no such process/);
});

testUnless(NO_PERL, "a process that has ended is told of", async () => {
  const script = '$| = 1; exit if !($child = fork); print "$child\n"; <STDIN>';
  await using subject = Subject.plain("perl", "-e", script);
  const pid = Number(await subject.line());
  await until(pid, ({ state }) => state === "Z");
  assertFails(pid, "ESRCH", /it has ended/);
});

testUnless(
  NOT_FREE ?? NO_PERL,
  "a process in strict mode is not taken for a free one",
  async () => {
    const { number } = getSyscallFromName("prctl");
    const script = `syscall(${number}, 22, 1, 0, 0, 0); sysread STDIN, $b, 1`;
    await using subject = Subject.plain("perl", "-e", script);
    await until(subject.pid, ({ seccompMode }) => seccompMode === 1);
    assertFails(subject.pid, "ESTRICT", /it is in strict mode/);
  },
);

testUnless(
  UNREADABLE ?? (hasCommand("strace") ? undefined : "needs strace"),
  "a process that is traced already is left to its tracer",
  async () => {
    using scratch = new Scratch();
    await using subject = Subject.under(scratch.config(), ...ECHO);
    assert.equal(await subject.line(), "ready");
    await using strace = Subject.plain(
      ...["strace", "-q", "-o", "/dev/null", "-p", `${subject.pid}`],
    );
    await until(subject.pid, ({ tracer }) => tracer !== 0);
    const tracer = new RegExp(`process ${strace.pid} traces it already`);
    assertFails(subject.pid, "EPERM", tracer);
    await subject.say("goes on");
    assert.equal(await subject.line(), "goes on");
  },
);

testUnless(
  isRoot && !hasCommand("setpriv") ? "needs setpriv" : NOT_FREE,
  "without CAP_SYS_ADMIN the error says what is needed, and how many there are",
  async () => {
    using scratch = new Scratch();
    await using subject = Subject.under(scratch.config(STACKED), ...ECHO);
    assert.equal(await subject.line(), "ready");
    const { stdout, stderr } = await run(
      { name: "reader", command: READER },
      [`${subject.pid}`],
      { wrapper: isRoot ? ["setpriv", "--bounding-set=-sys_admin"] : [] },
    );
    const count = readProcessStatus(subject.pid)?.filterCount;
    assert.equal(
      stdout,
      `EACCES ${count} could not read the filters of process ${subject.pid}: ` +
        "EACCES: CAP_SYS_ADMIN is needed, in the first user namespace, " +
        "and this process itself must be without a filter\n",
      stderr,
    );
  },
);

testUnless(
  NOT_FREE,
  "a process under a filter reads neither another's nor its own",
  async () => {
    using scratch = new Scratch();
    const config = scratch.config();
    await using subject = Subject.under(config, ...ECHO);
    assert.equal(await subject.line(), "ready");
    const read = (whose: string) =>
      run(fromSource, [...execUnder(config), ...READER, whose]);
    assert.match((await read(`${subject.pid}`)).stdout, /^EACCES /);
    assert.match((await read("self")).stdout, /^EPERM .*cannot trace itself/);
  },
);
