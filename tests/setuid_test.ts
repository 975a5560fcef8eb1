/**
 * What `limit_setuid` lets pass, call by call and ABI by ABI. The filter's
 * answer, EDQUOT, is one that these calls never give by themselves.
 *
 * @module
 */
import { SETUID_FAMILY } from "../src/policy/limit_setuid.ts";
import assert from "node:assert/strict";
import { type Probe, testKernel } from "./kernel_case.ts";
import type { ProbeAbi } from "./probe.ts";
import { hasCommand, isRoot, run, Scratch, testEach } from "./program.ts";

const REFUSED = "EDQUOT";
const PASSES = "!EDQUOT";
const CONFIG = `limit_setuid = true\nerrno = "${REFUSED}"\n`;
const WITH_X86 = `${CONFIG}architectures = ["native", "x86"]\n`;
const WITH_X32 = `${CONFIG}architectures = ["native", "x32"]\n`;

const HIGH_HALF = 0xffff_ffffn << 32n;
const MINUS_ONE_16 = 0xffffn;
const MINUS_ONE_32 = 0xffff_ffffn;
const MINUS_ONE_64 = 0xffff_ffff_ffff_ffffn;

/** The values of one argument, and whether they are to pass. */
interface Values {
  readonly allowed: readonly bigint[];
  readonly refused: readonly bigint[];
  /** What leaves an id as it is, where that is possible. */
  readonly leaving: readonly bigint[];
}

/** Every value in every argument of every call, the others allowed. */
function probes(
  abi: ProbeAbi,
  suffix: "" | "32",
  values: Readonly<Record<"uid" | "gid", Values>>,
): Probe[] {
  return SETUID_FAMILY.flatMap(({ name, kind, count, canLeave }) => {
    const { allowed, refused, leaving } = values[kind];
    const call = name + suffix;
    // What stands in the other arguments lets the call pass by itself.
    const other = canLeave ? leaving[0] : allowed[0];
    const ask = (value: bigint, expect: Probe["expect"]): Probe[] =>
      Array.from({ length: count }, (_, index) => ({
        abi,
        call,
        args: Array.from(
          { length: count },
          (_, at) => at === index ? value : other,
        ),
        expect,
      }));
    return [
      ...refused.flatMap((value) => ask(value, REFUSED)),
      ...leaving.flatMap((value) => ask(value, canLeave ? PASSES : REFUSED)),
      // Last, as these give privileges up.
      ...allowed.flatMap((value) => ask(value, PASSES)),
    ];
  });
}

/** Ids that take more than 16 bits. */
const LARGE = {
  uid: {
    allowed: [70000n, 70000n + HIGH_HALF, 70000n + (1n << 32n)],
    refused: [0n, 1n, 69999n, 70001n, 4464n, HIGH_HALF, 70000n << 32n],
    leaving: [MINUS_ONE_32, MINUS_ONE_64],
  },
  gid: {
    allowed: [70001n, 70001n + HIGH_HALF],
    refused: [0n, 70000n, 4465n, 0xffff_fffen, 1n << 31n],
    leaving: [MINUS_ONE_32, MINUS_ONE_64],
  },
};

/** The same, as a call of 32-bit registers has them. */
const LARGE_32 = {
  uid: {
    allowed: [70000n],
    refused: [0n, 69999n, 70001n, 4464n, 0xffffn],
    leaving: [MINUS_ONE_32],
  },
  gid: { allowed: [70001n], refused: [0n, 70000n], leaving: [MINUS_ONE_32] },
};

/** What a call sees that looks at 16 bits: 70000 is 4464 to it. */
const LARGE_16 = {
  uid: {
    allowed: [],
    refused: [70000n, 4464n, 0n, 0x1_0000n],
    leaving: [MINUS_ONE_16, MINUS_ONE_32, 0x1_ffffn],
  },
  gid: {
    allowed: [],
    refused: [70001n, 4465n, 0n],
    leaving: [MINUS_ONE_16, MINUS_ONE_32],
  },
};

const SMALL_16 = {
  uid: {
    allowed: [1000n, 0x1_0000n + 1000n],
    refused: [0n, 1001n, 0x1_0000n, 0x1_0000n + 1001n],
    leaving: [MINUS_ONE_16, MINUS_ONE_32],
  },
  gid: {
    allowed: [1001n],
    refused: [0n, 1000n],
    leaving: [MINUS_ONE_16, MINUS_ONE_32],
  },
};

const large = { flags: ["--user", "70000:70001"] };
const small = { flags: ["--user", "1000:1001"] };

testKernel("limit_setuid leaves one user's ids", {
  config: CONFIG,
  probes: probes("native", "", LARGE),
  ...large,
});

testKernel("limit_setuid, 32-bit calls of x86", {
  config: WITH_X86,
  probes: probes("x86", "32", LARGE_32),
  ...large,
});

testKernel("limit_setuid, 16-bit calls of x86 cannot name a large id", {
  config: WITH_X86,
  probes: probes("x86", "", LARGE_16).filter(({ args }) =>
    args.every((arg) => arg !== undefined)
  ),
  ...large,
});

testKernel("limit_setuid, 16-bit calls of x86 can name a small id", {
  config: WITH_X86,
  probes: probes("x86", "", SMALL_16),
  ...small,
});

testKernel("limit_setuid, calls of x32", {
  config: WITH_X32,
  probes: probes("x32", "", LARGE),
  ...large,
});

testKernel("limit_setuid with an allowlist", {
  config: `${CONFIG}block_all = true\nallow_calls = ${
    JSON.stringify([
      ...["execve", "write", "exit_group"],
      ...SETUID_FAMILY.map(({ name }) => name),
    ])
  }\n`,
  probes: probes("native", "", LARGE),
  ...large,
});

testKernel("limit_setuid without --user leaves the effective ids", {
  config: CONFIG,
  probes: [
    { call: "setuid", args: [BigInt(Deno.uid() ?? 0)], expect: 0n },
    { call: "setgid", args: [BigInt(Deno.gid() ?? 0)], expect: 0n },
    {
      call: "setresuid",
      args: [BigInt(Deno.uid() ?? 0) + 1n, MINUS_ONE_32, MINUS_ONE_32],
      expect: REFUSED,
    },
  ],
});

testKernel("limit_setuid in mode log refuses nothing", {
  config: `${CONFIG}mode = "log"\n`,
  probes: [
    { call: "setuid", args: [4242n], expect: PASSES },
    { call: "setresgid", args: [1n, 2n, 3n], expect: PASSES },
  ],
  ...large,
});

/** A user of /etc/passwd who is not root, as `name` and `uid:gid`. */
function ordinaryUser(): readonly [name: string, uid: string, gid: string] {
  for (const line of Deno.readTextFileSync("/etc/passwd").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (Number(uid) > 0 && Number(gid) > 0) return [name, uid, gid];
  }
  throw new Error("/etc/passwd has no ordinary user");
}

/** Becomes a user, as a driver that downscopes does, and prints its ids. */
const BECOME = 'setpriv --reuid "$1" --regid "$2" --clear-groups ' +
  "sh -c 'echo \"$(id -u):$(id -g)\"'";

testEach(
  "under limit_setuid a driver becomes the user that --user names, and no other",
  async (program) => {
    using scratch = new Scratch();
    const config = scratch.config("limit_setuid = true\n");
    const [name, uid, gid] = ordinaryUser();
    const become = (uid: string, gid: string) =>
      run(program, [
        ...["exec", "-c", config, "--stage", "x", "--user", name, "--"],
        ...["sh", "-c", BECOME, "sh", uid, gid],
      ]);
    const { code, stdout, stderr } = await become(uid, gid);
    assert.deepEqual([code, stdout, stderr], [0, `${uid}:${gid}\n`, ""]);
    const other = await become(`${Number(uid) + 1}`, gid);
    assert.equal(other.stdout, "");
    assert.match(other.stderr, /Operation not permitted/);
  },
  !isRoot ? "needs root" : hasCommand("setpriv") ? undefined : "needs setpriv",
);
