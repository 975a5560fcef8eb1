import assert from "node:assert/strict";
import { describeCondition, type Place } from "./describe_condition.ts";
import type { MeantCondition } from "./meaning.ts";

const ALL = 0xffff_ffff_ffff_ffffn;
const LOW = 0xffff_ffffn;

const CASES: readonly [
  syscall: string,
  condition: readonly [
    number,
    MeantCondition["comparison"],
    mask: bigint,
    value: bigint,
  ],
  text: string,
][] = [
  ["ioctl", [1, "==", LOW, 0x5412n], "arg1 & 0xffffffff == TIOCSTI"],
  ["ioctl", [1, "!=", ALL, 0x5412n], "arg1 != TIOCSTI"],
  // A name would tell nothing of what is greater.
  ["ioctl", [1, ">", ALL, 0x5412n], "arg1 > 0x5412"],
  ["socket", [0, "==", ALL, 2n], "arg0 == AF_INET"],
  ["socket", [0, "==", ALL, 0x7777n], "arg0 == 0x7777"],
  ["openat", [2, "==", 0x40n, 0x40n], "arg2 & O_CREAT == O_CREAT"],
  [
    "clone",
    [0, "==", 0x1002_0000n, 0n],
    "arg0 & (CLONE_NEWNS|CLONE_NEWUSER) == 0x0",
  ],
  ["read", [2, "<=", ALL, 16n], "arg2 <= 0x10"],
  // 0 has a name here, PER_LINUX, which would read as if it were a mask.
  ["personality", [0, "==", 0n, 0n], "always"],
];

Deno.test("a condition is told with the constants that it is about", () => {
  for (const [syscall, [argument, comparison, mask, value], text] of CASES) {
    const place: Place = { syscall, abi: "x86_64", is64Bit: true };
    const condition = { argument, comparison, mask, value };
    assert.equal(describeCondition(condition, place), text);
  }
});

Deno.test("on a 32-bit ABI half a register is all of it", () => {
  const place: Place = { syscall: "ioctl", abi: "x86", is64Bit: false };
  const condition = { argument: 1, comparison: "==" as const, value: 0x5412n };
  for (const mask of [LOW, ALL]) {
    assert.equal(
      describeCondition({ ...condition, mask }, place),
      "arg1 == TIOCSTI",
    );
  }
  const mask = 0xff_0000_0000n;
  assert.equal(describeCondition({ ...condition, mask }, place), "always");
});
