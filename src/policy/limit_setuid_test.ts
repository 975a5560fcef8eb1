import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ActAllow,
  ActErrno,
  ArchAMD64,
  ArchARM,
  ArchARM64,
  ArchX86,
  getSyscallFromNameByArch,
  type ScmpArch,
} from "../libseccomp/mod.ts";
import { limitSetuid, SETUID_FAMILY } from "./limit_setuid.ts";

const REFUSAL = ActErrno.setReturnCode(1);

/** Runs a program of the five instructions that `limit_setuid` is made of. */
function run(program: Uint8Array, call: ArrayBuffer): number {
  const view = new DataView(program.buffer);
  const words = new DataView(call);
  let accumulator = 0;
  for (let at = 0;; at++) {
    const [code, jt, jf, k] = [
      view.getUint16(at * 8, true),
      view.getUint8(at * 8 + 2),
      view.getUint8(at * 8 + 3),
      view.getUint32(at * 8 + 4, true),
    ];
    switch (code) {
      case 0x20:
        accumulator = words.getUint32(k, true);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x15:
        at += accumulator === k ? jt : jf;
        break;
      case 0x05:
        at += k;
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`unexpected instruction 0x${code.toString(16)}`);
    }
  }
}

/** `struct seccomp_data`. */
function data(token: number, number: number, args: readonly bigint[]) {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, number, true);
  view.setUint32(4, token, true);
  args.forEach((arg, index) => view.setBigUint64(16 + 8 * index, arg, true));
  return view.buffer;
}

/** The id that the kernel takes an argument for; −1 as `undefined`. */
function idOf(arg: bigint, is16Bit: boolean): number | undefined {
  const mask = is16Bit ? 0xffffn : 0xffff_ffffn;
  const id = arg & mask;
  return id === mask ? undefined : Number(id);
}

const arches = fc.constantFrom(ArchAMD64, ArchX86, ArchARM64, ArchARM);
const calls = fc.constantFrom(
  ...SETUID_FAMILY.flatMap((family) => [
    { ...family, suffix: "" },
    { ...family, suffix: "32" },
  ]),
);
const ids = fc.constantFrom(
  0,
  1,
  1000,
  65534,
  65535,
  65536,
  70000,
  2 ** 32 - 2,
);

Deno.test("on every ABI the program lets exactly the user's ids pass", () => {
  fc.assert(
    fc.property(
      arches,
      calls,
      fc.record({ uid: ids, gid: ids }),
      fc.array(
        fc.oneof(
          ids.map(BigInt),
          ids.map((id) => BigInt(id) | (0xffff_ffffn << 32n)),
          fc.constantFrom(0xffffn, 0xffff_ffffn, 0xffff_ffff_ffff_ffffn),
          fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
        ),
        { minLength: 3, maxLength: 3 },
      ),
      (arch, { name, kind, count, canLeave, suffix }, user, args) => {
        const program = limitSetuid(user, REFUSAL, [
          ArchAMD64,
          ArchX86,
          ArchARM64,
          ArchARM,
        ]);
        const { number } = getSyscallFromNameByArch(name + suffix, arch);
        if (number < 0) return;
        const is16Bit = !arch.is64Bit && suffix === "";
        const passes = args.slice(0, count).every((arg) => {
          const id = idOf(arg, is16Bit);
          return id === undefined ? canLeave : id === user[kind];
        });
        const verdict = run(program, data(arch.token, number, args));
        const expected = passes ? ActAllow : REFUSAL;
        assert.equal(verdict, expected.toNative());
        if (arch === ArchAMD64) {
          const x32 = data(arch.token, number + 0x4000_0000, args);
          assert.equal(run(program, x32), expected.toNative());
        }
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("no other call and no other architecture is touched", () => {
  const own = new Set(
    SETUID_FAMILY.flatMap(({ name }) => [name, `${name}32`]),
  );
  const numbers = (arch: ScmpArch) =>
    new Set(
      [...own].map((name) => getSyscallFromNameByArch(name, arch).number),
    );
  const program = limitSetuid({ uid: 1, gid: 1 }, REFUSAL, [
    ArchAMD64,
    ArchX86,
  ]);
  const args = [7n, 7n, 7n];
  for (const arch of [ArchAMD64, ArchX86]) {
    for (let number = 0; number < 600; number++) {
      if (numbers(arch).has(number)) continue;
      const verdict = run(program, data(arch.token, number, args));
      assert.equal(verdict, ActAllow.toNative(), `${arch} ${number}`);
    }
  }
  const elsewhere = run(program, data(ArchARM64.token, 146, args));
  assert.equal(elsewhere, ActAllow.toNative());
});
