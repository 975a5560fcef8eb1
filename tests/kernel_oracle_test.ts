/**
 * That the oracle loads what it is given, makes the calls it is given, and says
 * what became of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  and,
  assemble,
  type Instruction,
  jumpIfEqual,
  load,
  ret,
} from "../src/bpf/instruction.ts";
import { errno, type ErrnoName } from "../src/libc/errno.ts";
import {
  askKernel,
  missingOracle,
  type OracleAnswer,
  type OracleCase,
} from "./kernel_oracle.ts";
import type { ProbeAbi, ProbeCall } from "./probe.ts";
import { testUnless } from "./program.ts";

/** `SECCOMP_RET_*` of include/uapi/linux/seccomp.h. */
const ALLOW = ret(0x7fff_0000);
const KILL_PROCESS = ret(0x8000_0000);
const KILL_THREAD = ret(0);
const TRAP = ret(0x0003_0000);
const fail = (value: number) => ret(0x0005_0000 + value);

/** Offsets in `struct seccomp_data`. */
const NUMBER = 0;
const ARCH = 4;
const low = (argument: number) => 16 + 8 * argument;
const high = (argument: number) => low(argument) + 4;

const AUDIT_ARCH_I386 = 0x4000_0003;
const X32_BIT = 0x4000_0000;
/** Numbers of x86_64 and, with the x32 bit, of x32; and one of x86. */
const CLOSE = 3;
const GETPID = 39;
const EXIT_GROUP = 231;
const CHDIR = 80;
const SECCOMP = 317;
const GETPID_X86 = 20;
const ALL_BITS = 0xffff_ffff_ffff_ffffn;

const EPERM = { returned: -1n };
const SIGSYS = { signal: 31 };
const failed = (name: ErrnoName) => ({ returned: BigInt(-errno[name]) });

/** Gives one answer if a word is a value, another if it is not. */
const when = (
  word: number,
  value: number,
  then: Instruction,
  otherwise: Instruction,
) => assemble([load(word), jumpIfEqual(value, 0, 1), then, otherwise]);

const call = (
  number: number,
  args: ProbeCall["args"] = [],
  abi: ProbeAbi = "native",
): ProbeCall => ({ abi, number, args });

const getpid = call(GETPID);
const allowAll = assemble([ALLOW]);

/** Asks about calls under one stack of filters. */
async function ask(
  programs: OracleCase["programs"],
  ...calls: readonly ProbeCall[]
): Promise<OracleAnswer[]> {
  return (await askKernel([{ programs, calls }]))[0];
}

/** A process number, in whose place no other answer is. */
function assertPid(answer: OracleAnswer): void {
  assert.ok("returned" in answer && answer.returned > 1n);
}

const test = (
  name: string,
  body: () => Promise<void>,
  abis: readonly ProbeAbi[] = [],
) => testUnless(missingOracle(abis), `oracle: ${name}`, body);

test("a call that a filter lets pass gets the kernel's own answer", async () => {
  const [pid, ...others] = await ask(
    [allowAll],
    getpid,
    call(CLOSE, [ALL_BITS]),
    call(CHDIR, ["/"]),
    call(CHDIR, ["/absent"]),
    call(0xffff_ffff),
  );
  assertPid(pid);
  assert.deepEqual(others, [
    failed("EBADF"),
    { returned: 0n },
    failed("ENOENT"),
    failed("ENOSYS"),
  ]);
});

test("a filter sees the call's number, all of it", async () => {
  for (const number of [0, GETPID, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    const [same, other] = await ask(
      [when(NUMBER, number, fail(1), fail(2))],
      call(number),
      call((number ^ 0x8000_0000) >>> 0),
    );
    assert.deepEqual([same, other], [EPERM, { returned: -2n }]);
  }
});

// Of a call of x86 as well: what the kernel is going to drop of a register is
// there for a filter (arch/x86/include/asm/syscall.h, syscall_get_arguments).
for (
  const [abi, number] of [["native", GETPID], ["x86", GETPID_X86]] as const
) {
  test(`a filter sees both halves of all six arguments, ${abi}`, async () => {
    const args = Array.from(
      { length: 6 },
      (_, index) => BigInt(index + 1) << 32n | BigInt(0xffff_fff0 + index),
    );
    const about = (
      word: number,
      value: bigint,
      index: number,
      bit: bigint,
    ) => ({
      programs: [when(word, Number(value), fail(1), fail(2))],
      calls: [
        call(number, args, abi),
        call(number, args.with(index, args[index] ^ bit), abi),
      ],
    });
    const cases = args.flatMap((value, index) => [
      about(low(index), value & 0xffff_ffffn, index, 1n << 31n),
      about(high(index), value >> 32n, index, 1n << 63n),
    ]);
    assert.deepEqual(
      await askKernel(cases),
      cases.map(() => [EPERM, { returned: -2n }]),
    );
  }, [abi]);
}

test("one argument's word decides, whatever the others are", async () => {
  const filter = assemble([
    load(NUMBER),
    jumpIfEqual(GETPID, 0, 4),
    load(low(0)),
    and(0xff),
    jumpIfEqual(0x42, 0, 1),
    fail(1),
    ALLOW,
  ]);
  const [same, other, elsewhere] = await ask(
    [filter],
    call(GETPID, [0xabcd_0000_1142n, 0x42n]),
    call(GETPID, [0x43n, 0x42n]),
    call(CLOSE, [ALL_BITS - 0xffn + 0x42n]),
  );
  assert.deepEqual(same, EPERM);
  assertPid(other);
  assert.deepEqual(elsewhere, failed("EBADF"));
});

test("an action that kills is a signal", async () => {
  for (const action of [KILL_PROCESS, KILL_THREAD, TRAP]) {
    const [killed, passed] = await ask(
      [when(NUMBER, GETPID, action, ALLOW)],
      getpid,
      call(CLOSE, [ALL_BITS]),
    );
    assert.deepEqual([killed, passed], [SIGSYS, failed("EBADF")]);
  }
});

test("an answer arrives though the filter refuses all else", async () => {
  for (const rest of [KILL_PROCESS, KILL_THREAD, TRAP, fail(1), fail(0)]) {
    const [answer] = await ask([when(NUMBER, GETPID, fail(77), rest)], getpid);
    assert.deepEqual(answer, { returned: -77n });
  }
});

test("of stacked filters the strictest answers, of equals the newest", async () => {
  const at = (action: Instruction) => when(NUMBER, GETPID, action, ALLOW);
  const stacks: [Instruction[], OracleAnswer][] = [
    [[fail(1), ALLOW], { returned: -1n }],
    [[ALLOW, fail(1)], { returned: -1n }],
    [[fail(1), fail(2)], { returned: -2n }],
    [[fail(2), fail(1)], { returned: -1n }],
    [[fail(3), ALLOW, fail(2), ALLOW], { returned: -2n }],
    [[KILL_PROCESS, fail(1)], SIGSYS],
    [[fail(1), KILL_PROCESS], SIGSYS],
    [[fail(1), TRAP, ALLOW], SIGSYS],
  ];
  const answers = await askKernel(stacks.map(([actions]) => ({
    programs: actions.map(at),
    calls: [getpid],
  })));
  assert.deepEqual(answers, stacks.map(([, answer]) => [answer]));
});

test("calls of x86 arrive as such", async () => {
  const calls = [call(GETPID_X86, [], "x86"), getpid];
  const programs = [when(ARCH, AUDIT_ARCH_I386, ALLOW, fail(1))];
  const [pid, native] = await ask(programs, ...calls);
  assertPid(pid);
  assert.deepEqual(native, EPERM);
  const last = call(0xffff_ffff, [], "x86");
  const number = [when(NUMBER, 0xffff_ffff, fail(1), fail(2))];
  assert.deepEqual(await ask(number, last), [EPERM]);
}, ["x86"]);

test("a call of x86 returns a signed integer of 32 bits", async () => {
  const MMAP2 = 192;
  const CLOSE_X86 = 6;
  const PLACE = 0x32n; // MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
  const address = 0xc000_0000n;
  const answers = await ask(
    [allowAll],
    call(MMAP2, [address, 0x1000n, 0n, PLACE, ALL_BITS, 0n], "x86"),
    call(CLOSE_X86, [ALL_BITS], "x86"),
  );
  const returned = BigInt.asIntN(32, address);
  assert.deepEqual(answers, [{ returned }, failed("EBADF")]);
}, ["x86"]);

test("calls of x32 arrive with the x32 bit", async () => {
  const answers = await ask(
    [when(NUMBER, GETPID + X32_BIT, fail(1), fail(2))],
    call(GETPID, [], "x32"),
    call(GETPID + X32_BIT, [], "x32"),
    call(GETPID + X32_BIT),
    getpid,
  );
  assert.deepEqual(answers, [EPERM, EPERM, EPERM, { returned: -2n }]);
}, ["x32"]);

test("a program that the kernel does not take is refused", async () => {
  const EINVAL = { refused: errno.EINVAL };
  const programs = [
    [],
    [load(NUMBER)], // falls off its end
    [load(2), ALLOW], // no word begins there
    [jumpIfEqual(0, 1, 1), ALLOW],
    Array(4097).fill(ALLOW),
  ].map(assemble);
  const answers = await askKernel([
    { programs: [assemble(Array(4096).fill(ALLOW))], calls: [getpid] },
    ...programs.map((program) => ({ programs: [program], calls: [getpid] })),
    { programs: [allowAll, programs[1]], calls: [getpid, getpid] },
  ]);
  const [longest, ...refused] = answers.flat();
  assertPid(longest);
  assert.deepEqual(refused, Array(7).fill(EINVAL));
});

test("a filter that answers seccomp(2) keeps the next from being loaded", async () => {
  const at = (action: Instruction) => when(NUMBER, SECCOMP, action, ALLOW);
  const answers = await askKernel(
    [fail(0), fail(1), fail(errno.EFAULT), TRAP, KILL_PROCESS].map((
      action,
    ) => ({
      programs: [at(action), allowAll],
      calls: [getpid],
    })),
  );
  assert.deepEqual(answers.flat(), [
    { refused: 0 },
    { refused: 1 },
    { refused: errno.EFAULT },
    { endedLoading: 31 },
    { endedLoading: 31 },
  ]);
});

test("a call that ends the process by itself is told from one that returns", async () => {
  const answers = await ask([allowAll], call(EXIT_GROUP, [7n]), getpid);
  assert.deepEqual(answers[0], { exited: 7 });
  assertPid(answers[1]);
});

test("calls made together are answered as each by itself", async () => {
  const filter = assemble([
    load(NUMBER),
    jumpIfEqual(GETPID, 3, 0),
    jumpIfEqual(CLOSE, 3, 0),
    jumpIfEqual(EXIT_GROUP, 2, 0),
    KILL_PROCESS,
    fail(77),
    ALLOW,
  ]);
  const close = call(CLOSE, [ALL_BITS]);
  const calls = [
    ...[getpid, close, call(CHDIR), call(CHDIR), getpid, close],
    ...[call(EXIT_GROUP, [7n]), call(EXIT_GROUP), getpid, call(CHDIR)],
    ...[getpid, getpid],
  ];
  const programs = [filter];
  const refused = [assemble([load(NUMBER)])];
  const [apart, together, ...others] = await askKernel([
    { programs, calls },
    { programs, calls, together: true },
    { programs: refused, calls: [getpid, getpid], together: true },
    { programs: [allowAll], calls: [getpid, getpid], together: true },
    { programs: [allowAll], calls: [getpid, getpid] },
  ]);
  const [passed, bad] = [{ returned: -77n }, failed("EBADF")];
  assert.deepEqual(apart, [
    ...[passed, bad, SIGSYS, SIGSYS, passed, bad],
    ...[{ exited: 7 }, { exited: 0 }, passed, SIGSYS, passed, passed],
  ]);
  assert.deepEqual(together, apart);
  const [none, same, two] = others;
  assert.deepEqual(none, Array(2).fill({ refused: errno.EINVAL }));
  assert.deepEqual(same[0], same[1]);
  assert.notDeepEqual(two[0], two[1]);
});

test("a process has its caller's rights and no way to more", async () => {
  const GETUID = 102;
  const PRCTL = 157;
  const PR_GET_NO_NEW_PRIVS = 39n;
  const answers = await ask(
    [allowAll],
    call(GETUID),
    call(PRCTL, [PR_GET_NO_NEW_PRIVS]),
    call(CLOSE, [1n]),
  );
  assert.deepEqual(answers, [
    { returned: BigInt(Deno.uid() ?? -1) },
    { returned: 1n },
    failed("EBADF"),
  ]);
});

test("what is no question is not asked", async () => {
  const about = (...programs: Uint8Array[]) => () =>
    askKernel([{ programs, calls: [getpid] }]);
  await assert.rejects(about(), /a case needs a program/);
  await assert.rejects(about(new Uint8Array(7)), /0.875 instructions/);
  await assert.rejects(about(new Uint8Array(8 << 16)), /65536 instructions/);
  await assert.rejects(() => ask([allowAll], call(-1)), RangeError);
  await assert.rejects(() => ask([allowAll], call(0, [-1n])), RangeError);
  assert.deepEqual(await askKernel([]), []);
  assert.deepEqual(await ask([allowAll]), []);
});
