/**
 * That a probe makes the calls it was built for and reports what the kernel
 * says. No filter is loaded here but by a probe itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno, type ErrnoName } from "../src/libc/errno.ts";
import {
  ArchAMD64,
  ArchARM64,
  ArchX32,
  ArchX86,
  getSyscallFromNameByArch,
} from "../src/libseccomp/mod.ts";
import {
  missingAbi,
  type ProbeAbi,
  type ProbeCall,
  probeProgram,
  readResults,
} from "./probe.ts";
import { findCommand, Scratch, testUnless } from "./program.ts";

/** What runs a probe: this machine, or qemu in the place of another. */
interface Machine {
  readonly arch: typeof Deno.build.arch;
  readonly command: readonly string[];
}

const HERE: Machine = { arch: Deno.build.arch, command: [] };
const QEMU = findCommand("qemu-aarch64-static");
const AARCH64: Machine = { arch: "aarch64", command: [QEMU ?? ""] };
const NO_QEMU = QEMU === undefined ? "needs qemu-aarch64-static" : undefined;

const ALL_BITS = 0xffff_ffff_ffff_ffffn;
const MAP_PRIVATE = 0x2n;
const MAP_ANONYMOUS = 0x20n;
const MAP_FIXED = 0x10n;
const PLACE = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

/** Builds a call by its name. */
function call(
  machine: Machine,
  name: string,
  args: ProbeCall["args"] = [],
  abi: ProbeAbi = "native",
): ProbeCall {
  const arch = machine.arch === "aarch64"
    ? ArchARM64
    : { native: ArchAMD64, x86: ArchX86, x32: ArchX32 }[abi];
  const { number } = getSyscallFromNameByArch(name, arch);
  return { abi, number, args };
}

/** Runs a probe to its end. */
async function probe(
  { arch, command }: Machine,
  calls: readonly ProbeCall[],
) {
  using scratch = new Scratch();
  const file = scratch.file("probe", probeProgram(calls, arch), 0o755);
  const [path, ...args] = [...command, file];
  const child = new Deno.Command(path, { args, stdout: "piped" }).spawn();
  const { signal, stdout } = await child.output();
  return { pid: BigInt(child.pid), signal, results: readResults(stdout) };
}

const failed = (name: ErrnoName) => BigInt(-errno[name]);

for (
  const [machine, reason] of [[HERE, undefined], [AARCH64, NO_QEMU]] as const
) {
  testUnless(
    reason,
    `${machine.arch}: a probe reports what each call returned`,
    async () => {
      const { pid, signal, results } = await probe(machine, [
        call(machine, "getpid"),
        call(machine, "getppid"),
        call(machine, "chdir", ["/absent"]),
        call(machine, "chdir", ["/"]),
        call(machine, "close", [ALL_BITS]),
        { abi: "native", number: 0xffff_ffff, args: [] },
      ]);
      assert.equal(signal, null);
      assert.deepEqual(results, [
        pid,
        BigInt(Deno.pid),
        failed("ENOENT"),
        0n,
        failed("EBADF"),
        failed("ENOSYS"),
      ]);
    },
  );

  testUnless(
    reason,
    `${machine.arch}: all six arguments arrive whole`,
    async () => {
      const address = 0x12_3456_0000n;
      const mmap = (...args: bigint[]) => call(machine, "mmap", args);
      const { results } = await probe(machine, [
        mmap(address, 0x1_0000n, 0n, PLACE, ALL_BITS, 0n),
        // Each of the others is wrong in one argument.
        mmap(address, 0n, 0n, PLACE, ALL_BITS, 0n),
        mmap(address, 0x1_0000n, 0n, MAP_PRIVATE, ALL_BITS, 0n),
        mmap(address, 0x1_0000n, 0n, PLACE, ALL_BITS, 1n),
      ]);
      assert.deepEqual(results, [
        address,
        failed("EINVAL"),
        failed("EBADF"),
        failed("EINVAL"),
      ]);
    },
  );
}

Deno.test("a call that kills leaves the results before it", async () => {
  const PR_SET_SECCOMP = 22n;
  const SECCOMP_MODE_STRICT = 1n;
  const { pid, signal, results } = await probe(HERE, [
    call(HERE, "getpid"),
    call(HERE, "prctl", [PR_SET_SECCOMP, SECCOMP_MODE_STRICT]),
    call(HERE, "getpid"),
    call(HERE, "getpid"),
  ]);
  assert.equal(signal, "SIGKILL");
  assert.deepEqual(results, [pid, 0n]);
});

testUnless(
  missingAbi("x86"),
  "int 0x80 makes a call of x86 with the lower halves",
  async () => {
    const address = 0x7654_0000n;
    const HIGH = 0xabcd_0000_0000n;
    const x86 = (name: string, ...args: ProbeCall["args"]) =>
      call(HERE, name, args, "x86");
    const { pid, results } = await probe(HERE, [
      x86("getpid"),
      x86("chdir", "/absent"),
      x86("chdir", "/"),
      x86("close", ALL_BITS),
      x86("mmap2", HIGH + address, 0x1000n, HIGH, HIGH + PLACE, ALL_BITS, HIGH),
      x86("mmap2", address, HIGH, 0n, PLACE, ALL_BITS, 0n),
      x86("mmap2", address, 0x1000n, 0n, MAP_PRIVATE, ALL_BITS, 0n),
      call(HERE, "getpid"),
    ]);
    assert.deepEqual(results, [
      pid,
      failed("ENOENT"),
      0n,
      failed("EBADF"),
      address,
      failed("EINVAL"),
      failed("EBADF"),
      pid,
    ]);
  },
);

testUnless(
  missingAbi("x32"),
  "an x32 call is answered as this kernel answers it",
  async () => {
    const { pid, results } = await probe(HERE, [
      call(HERE, "getpid", [], "x32"),
      { abi: "x32", number: 39, args: [] }, // the same without the bit
      call(HERE, "getpid"),
    ]);
    // A kernel without CONFIG_X86_X32_ABI has none of its calls.
    const answer = results[0] === pid ? pid : failed("ENOSYS");
    assert.deepEqual(results, [answer, answer, pid]);
  },
);

Deno.test("a probe that could not mean what was asked for is refused", () => {
  const build = (call: Partial<ProbeCall>, arch?: Machine["arch"]) => () =>
    probeProgram([{ abi: "native", number: 0, args: [], ...call }], arch);
  assert.throws(build({ args: [-1n] }), /-1 is not an unsigned 64-bit integer/);
  assert.throws(build({ args: [ALL_BITS + 1n] }), RangeError);
  assert.throws(build({ args: Array(7).fill(0n) }), /six arguments, not 7/);
  assert.throws(build({ number: -1 }), /-1 is not an unsigned 32-bit integer/);
  assert.throws(build({ abi: "x32" }, "aarch64"), /aarch64 has no x32 calls/);
  assert.throws(build({ abi: "x86" }, "aarch64"), /aarch64 has no x86 calls/);
});

Deno.test("results are read from wherever they lie, and only whole ones", () => {
  const bytes = Uint8Array.from([
    9,
    ...Array(8).fill(0xff),
    1,
    ...Array(7).fill(0),
  ]);
  assert.deepEqual(readResults(bytes.subarray(1)), [-1n, 1n]);
  assert.throws(() => readResults(bytes), /17 bytes are not results/);
});
