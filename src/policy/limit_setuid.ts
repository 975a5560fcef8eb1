import {
  and,
  assemble,
  type Instruction,
  jump,
  jumpIfEqual,
  load,
  ret,
} from "../bpf/instruction.ts";
import type { Meaning, MeantRule } from "../bpf/meaning.ts";
import { lowWord, X32_BIT } from "../bpf/seccomp_data.ts";
import { abiMeaning } from "../libseccomp/meaning.ts";
import {
  ActAllow,
  ArchAMD64,
  ArchX32,
  getSyscallFromNameByArch,
  type ScmpAction,
  type ScmpArch,
} from "../libseccomp/mod.ts";

/** A user's ids. */
export interface Ids {
  /** 0 to 2³²−2. */
  readonly uid: number;
  /** 0 to 2³²−2. */
  readonly gid: number;
}

/** Which arguments of a call are ids, and of what kind. */
interface Family {
  readonly name: string;
  readonly kind: keyof Ids;
  /** How many arguments are ids: real, effective, saved; or one. */
  readonly count: number;
  /** Whether −1 leaves an id as it is (setreuid(2), setresuid(2), setfsuid(2)). */
  readonly canLeave: boolean;
}

/**
 * The calls that set ids of a process. `setgroups` is none of them: it takes
 * ids behind a pointer, out of a filter's sight.
 */
export const SETUID_FAMILY: readonly Family[] = [
  { name: "setuid", kind: "uid", count: 1, canLeave: false },
  { name: "setgid", kind: "gid", count: 1, canLeave: false },
  { name: "setreuid", kind: "uid", count: 2, canLeave: true },
  { name: "setregid", kind: "gid", count: 2, canLeave: true },
  { name: "setresuid", kind: "uid", count: 3, canLeave: true },
  { name: "setresgid", kind: "gid", count: 3, canLeave: true },
  { name: "setfsuid", kind: "uid", count: 1, canLeave: true },
  { name: "setfsgid", kind: "gid", count: 1, canLeave: true },
];

/** Offsets in `struct seccomp_data`, in bytes. */
const NUMBER = 0;
const ARCHITECTURE = 4;

const WORD = 0xffff_ffff;
const HALF = 0xffff;

/**
 * Makes the program of `limit_setuid`: the calls of the set*uid and set*gid
 * family may name only one user's ids, and −1 where that leaves an id as it is.
 *
 * It is a filter of its own and not a set of rules: libseccomp compares an
 * argument once in a rule, so "neither this id nor −1" would take some 60 rules
 * for each of 14 arguments. The kernel takes the most restrictive answer of all
 * filters.
 *
 * Ids are the low 32 bits of an argument. The old calls of 32-bit ABIs
 * (`setuid` beside `setuid32`) look at 16 bits: an id that does not fit cannot
 * be named there at all.
 *
 * @param ids The user's ids.
 * @param refusal The action for any other id.
 * @param architectures The ABIs to limit; x32 is limited with x86_64. Calls of
 * all others pass: the filter beside this one covers them.
 * @returns The program, 8 bytes an instruction.
 *
 * Source: kernel/sys.c; kernel/uid16.c (`low2highuid`).
 */
export function limitSetuid(
  ids: Ids,
  refusal: ScmpAction,
  architectures: readonly ScmpArch[],
): Uint8Array<ArrayBuffer> {
  const program: Instruction[] = [load(ARCHITECTURE)];
  for (const arch of architectures) {
    if (arch === ArchX32) continue;
    const part = limitOn(arch, ids, refusal);
    program.push(jumpIfEqual(arch.token, 1, 0), jump(part.length), ...part);
  }
  program.push(ret(ActAllow.toNative()));
  return assemble(program);
}

/**
 * What the program of `limit_setuid` shall do, to be proven.
 *
 * @param ids The user's ids.
 * @param refusal The action for any other id.
 * @param architectures The ABIs to limit, as for the program.
 */
export function meaningOfLimit(
  ids: Ids,
  refusal: ScmpAction,
  architectures: readonly ScmpArch[],
): Meaning {
  const allow = ActAllow.toNative();
  const abis = architectures.filter((arch) => arch !== ArchX32).flatMap(
    (arch) => arch === ArchAMD64 ? [arch, ArchX32] : [arch],
  );
  return {
    defaultAction: allow,
    badArchAction: allow,
    abis: abis.map((arch) => {
      const rules = new Map(
        numbersOfFamily(arch).map(({ family, number, mask }) =>
          [number, refusals(family, ids, mask, refusal)] as const
        ),
      );
      return abiMeaning(arch, abis, rules);
    }),
  };
}

/** One rule an argument: it is none of what it may be. */
function refusals(
  family: Family,
  ids: Ids,
  mask: number,
  refusal: ScmpAction,
): MeantRule[] {
  return Array.from({ length: family.count }, (_, argument) => ({
    action: refusal.toNative(),
    conditions: allowedIds(family, ids[family.kind], mask).map((id) => ({
      argument,
      comparison: "!=",
      mask: BigInt(mask),
      value: BigInt(id),
    })),
    origin: "limit_setuid",
  }));
}

/** The calls of the family that an ABI has. */
function numbersOfFamily(
  arch: ScmpArch,
): { family: Family; number: number; mask: number }[] {
  return SETUID_FAMILY.flatMap((family) =>
    [family.name, `${family.name}32`].flatMap((name) => {
      const { number } = getSyscallFromNameByArch(name, arch);
      // A pseudo-syscall: the ABI has no such call.
      if (number < 0) return [];
      const isWhole = arch.is64Bit || arch === ArchX32 || name.endsWith("32");
      return [{ family, number, mask: isWhole ? WORD : HALF }];
    })
  );
}

/** What an argument may be; all bits set is −1, whatever the id would be. */
function allowedIds(
  { canLeave }: Family,
  id: number,
  mask: number,
): number[] {
  return [...id < mask ? [id] : [], ...canLeave ? [mask] : []];
}

/** For the calls of one ABI: it always returns. */
function limitOn(arch: ScmpArch, ids: Ids, refusal: ScmpAction): Instruction[] {
  const program = [load(NUMBER)];
  if (arch === ArchAMD64) program.push(and(WORD - X32_BIT));
  for (const { family, number, mask } of numbersOfFamily(arch)) {
    const body = checkArguments(family, ids[family.kind], mask, refusal);
    program.push(jumpIfEqual(number, 0, body.length), ...body);
  }
  program.push(ret(ActAllow.toNative()));
  return program;
}

function checkArguments(
  family: Family,
  id: number,
  mask: number,
  refusal: ScmpAction,
): Instruction[] {
  const program: Instruction[] = [];
  const allowed = allowedIds(family, id, mask);
  for (let argument = 0; argument < family.count; argument++) {
    program.push(load(4 * lowWord(argument)), and(mask));
    allowed.forEach((value, index) => {
      const toNext = allowed.length - index;
      program.push(jumpIfEqual(value, toNext, 0));
    });
    program.push(ret(refusal.toNative()));
  }
  program.push(ret(ActAllow.toNative()));
  return program;
}
