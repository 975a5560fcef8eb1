/**
 * Has each stage call what it was seen to call, and nothing else: replaces the
 * filter, the configured rules with it, by a list for that stage. The list is
 * the record that `jacamar-seccomp learn` keeps, learned.json beside this file;
 * another record may take its place, and nothing else has to be changed.
 *
 * What is not on the list returns EPERM, but for clone3. At a stage that was
 * never learned no job is started.
 *
 * @module
 */
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  CompareMaskedEqual,
  errno,
  getArchFromString,
  getNativeArch,
  getSyscallFromName,
  makeCondition,
  type ScmpCondition,
  ScmpSyscall,
  type SeccompExpansion,
} from "jacamar-seccomp";
import record from "./learned.json" with { type: "json" };

/** What a stage was seen to call. */
interface Stage {
  readonly calls: readonly Call[];
}

/** A call on one ABI, and what those of its arguments were that matter. */
interface Call {
  readonly name: string | number;
  readonly abi: string;
  readonly shapes?: readonly { readonly values: readonly string[] }[];
  /** There were more than these. */
  readonly moreShapes?: boolean;
}

/** What is known of no certain stage, and so may be called at every one. */
const ANY_STAGE = "*";
const STAGES: Readonly<Record<string, Stage>> = record.stages;

/** A call with more shapes than these passes whatever its arguments are. */
const MOST_SHAPES = 16;
/** An argument of type `int`: the kernel ignores its upper half. */
const INT = 0xffff_ffff;
const ID: [number, number] = [0, INT];

/** Which arguments matter, and which of their bits, in the order of a shape. */
const ARGUMENTS: Readonly<Record<string, [index: number, mask: number][]>> = {
  arch_prctl: [[0, INT]],
  bpf: [[0, INT]],
  clone: [[0, 0xffff_ff00]], // flags without the signal
  fcntl: [[1, INT]],
  fcntl64: [[1, INT]],
  ioctl: [[1, INT]],
  keyctl: [[0, INT]],
  open: [[1, INT]],
  openat: [[2, INT]],
  personality: [[0, INT]],
  prctl: [[0, INT]],
  ptrace: [[0, INT]],
  seccomp: [[0, INT]],
  setfsgid: [ID],
  setfsuid: [ID],
  setgid: [ID],
  setns: [[1, INT]],
  setregid: [ID, [1, INT]],
  setresgid: [ID, [1, INT], [2, INT]],
  setresuid: [ID, [1, INT], [2, INT]],
  setreuid: [ID, [1, INT]],
  setuid: [ID],
  socket: [[0, INT], [1, 0xf]], // type without its flags
  socketpair: [[0, INT], [1, 0xf]],
  unshare: [[0, INT]],
};

/**
 * What may be called though it was not seen, as it depends on timing, on sizes or
 * on the machine; what an ABI lacks means nothing there.
 */
const UNSEEN = `
  brk clock_getres clock_getres_time64 clock_gettime clock_gettime64
  clock_nanosleep clock_nanosleep_time64 execve exit exit_group futex
  futex_time64 getcpu getpid getrandom gettid gettimeofday madvise mmap mmap2
  mprotect mremap munmap nanosleep restart_syscall rt_sigaction rt_sigprocmask
  rt_sigreturn rt_sigsuspend sched_getaffinity sched_getparam sched_getscheduler
  sched_yield sigreturn sigsuspend tgkill time
`.trim().split(/\s+/);

/** TIOCSTI and TIOCLINUX type into a terminal: refused, even if they were seen. */
const INJECTIONS = [0x5412, 0x541c];

export const seccompExpansion: SeccompExpansion = (filter, stage) => {
  const learned = [ANY_STAGE, stage].filter((name) =>
    Object.hasOwn(STAGES, name)
  );
  if (learned.length === 0) {
    throw new Error(`it was not learned what the stage ${stage} calls`);
  }
  const calls = learned.flatMap((name) => STAGES[name].calls);
  filter.reset(ActErrno.setReturnCode(errno.EPERM));
  filter.setBadArchAction(ActKillProcess);
  // A call that has no name can be allowed only where there is one ABI.
  for (const number of unnamed(calls)) {
    filter.addRule(new ScmpSyscall(number), ActAllow);
  }
  for (const { abi } of calls) filter.addArch(getArchFromString(abi));
  for (const name of UNSEEN) filter.addRule(getSyscallFromName(name), ActAllow);
  // Its arguments lie in memory; on ENOSYS alone glibc turns to clone.
  if (!calls.some(({ name }) => name === "clone3")) {
    const refuse = ActErrno.setReturnCode(errno.ENOSYS);
    filter.addRule(getSyscallFromName("clone3"), refuse);
  }
  for (const [name, same] of Map.groupBy(calls, ({ name }) => name)) {
    if (typeof name === "number" || UNSEEN.includes(name)) continue;
    const syscall = getSyscallFromName(name);
    const cases = casesOf(name, same);
    if (!cases) filter.addRule(syscall, ActAllow);
    for (const conditions of cases ?? []) {
      filter.addRuleConditional(syscall, ActAllow, conditions);
    }
  }
};

/** The numbers of this machine's calls that libseccomp has no name for. */
function unnamed(calls: readonly Call[]): Set<number> {
  const native = getNativeArch().name;
  const numbers = calls.flatMap(({ name, abi }) =>
    typeof name === "number" && name < 2 ** 31 && abi === native ? [name] : []
  );
  return new Set(numbers);
}

/** The conditions of each case in which a call passes; `undefined`: it always does. */
function casesOf(
  name: string,
  calls: readonly Call[],
): ScmpCondition[][] | undefined {
  const isComplete = calls.every((call) => call.shapes && !call.moreShapes);
  const seen = calls.flatMap(({ shapes = [] }) => shapes);
  const shapes = new Set(seen.map(({ values }) => values.join()));
  if (!ARGUMENTS[name] || !isComplete || shapes.size > MOST_SHAPES) {
    return name === "ioctl" ? anyRequestButInjections() : undefined;
  }
  const isInjection = (shape: string) =>
    name === "ioctl" && INJECTIONS.includes(Number(shape));
  return [...shapes].filter((shape) => !isInjection(shape)).map((shape) =>
    shape.split(",").map((value, at) => {
      const [index, mask] = ARGUMENTS[name][at];
      return makeCondition(index, CompareMaskedEqual, mask, BigInt(value));
    })
  );
}

/**
 * A request that is no injection differs from each of them in some bit: for each
 * bit, those that differ in it and in none above it.
 */
function anyRequestButInjections(): ScmpCondition[][] {
  const cases = new Map<string, ScmpCondition[]>();
  const words = INJECTIONS.map(BigInt);
  for (const word of words) {
    for (let bit = 1n; bit < 2n ** 32n; bit *= 2n) {
      const mask = BigInt(INT) - bit + 1n;
      const value = (word ^ bit) & mask;
      if (words.some((other) => (other & mask) === value)) continue;
      const condition = makeCondition(1, CompareMaskedEqual, mask, value);
      cases.set(`${mask} ${value}`, [condition]);
    }
  }
  return [...cases.values()];
}
