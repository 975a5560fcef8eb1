/**
 * The file around the machine code of a probe.
 *
 * @module
 */
import { little } from "./probe_machine.ts";

/**
 * Where the program is loaded: below 4 GiB, and a multiple of the largest page,
 * which is 64 KiB on aarch64.
 */
const BASE = 0x40_0000;
const LARGEST_PAGE = 0x1_0000;

/** `sizeof(Elf64_Ehdr)` and `sizeof(Elf64_Phdr)` of elf(5). */
const ELF_HEADER = 64;
const PROGRAM_HEADER = 56;
const HEADERS = ELF_HEADER + PROGRAM_HEADER;

/** Where the program finds its data. */
export const DATA_ADDRESS = BASE + HEADERS;

/**
 * Builds a static executable.
 *
 * @param machine Its `e_machine`.
 * @param data What lies at {@link DATA_ADDRESS}, and cannot be written to.
 * @param code What lies behind the data, and is run from its beginning.
 *
 * Source: elf(5).
 */
export function executable(
  machine: number,
  data: ArrayLike<number>,
  code: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const start = HEADERS + data.length;
  const file = new Uint8Array(start + code.length);
  file.set(headers(machine, BASE + start, file.length));
  file.set(data, HEADERS);
  file.set(code, start);
  return file;
}

/** The headers of an executable with one segment, which holds the whole file. */
function headers(machine: number, entry: number, size: number): number[] {
  // ELFCLASS64, ELFDATA2LSB, EV_CURRENT
  const identification = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1];
  while (identification.length < 16) identification.push(0);
  const fields = [
    [2, 2], // e_type: ET_EXEC
    [2, machine], // e_machine
    [4, 1], // e_version: EV_CURRENT
    [8, entry], // e_entry
    [8, ELF_HEADER], // e_phoff
    [8, 0], // e_shoff
    [4, 0], // e_flags
    [2, ELF_HEADER], // e_ehsize
    [2, PROGRAM_HEADER], // e_phentsize
    [2, 1], // e_phnum
    [2, 0], // e_shentsize
    [2, 0], // e_shnum
    [2, 0], // e_shstrndx
    [4, 1], // p_type: PT_LOAD
    [4, 5], // p_flags: PF_R | PF_X
    [8, 0], // p_offset
    [8, BASE], // p_vaddr
    [8, BASE], // p_paddr
    [8, size], // p_filesz
    [8, size], // p_memsz
    [8, LARGEST_PAGE], // p_align
  ] as const;
  return [
    ...identification,
    ...fields.flatMap(([bytes, value]) => little(BigInt(value), bytes)),
  ];
}
