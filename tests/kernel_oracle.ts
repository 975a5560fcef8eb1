/**
 * Asks the running kernel what it answers under filters of any kind: thousands
 * of questions to one program, which has processes of their own load the filters
 * and make the calls. Neither a compiler nor a libc is in between, and
 * a process needs no call once its filters are on, so that they may refuse
 * everything.
 *
 * @module
 */
import { SLOT, STATE } from "./kernel_oracle_layout.ts";
import { oracleProgram } from "./kernel_oracle_program.ts";
import { missingAbi, type ProbeAbi, type ProbeCall } from "./probe.ts";
import { Scratch } from "./program.ts";

/** Filters, and calls that are made under them. */
export interface OracleCase {
  /**
   * In the order in which they are loaded, at least one; each an array of
   * `struct sock_filter`, of at most 65535. Those that the kernel does not take
   * may be asked about as well.
   */
  readonly programs: readonly Uint8Array[];
  /**
   * Where a filter lets one pass, it is made in earnest, with the rights of
   * whoever runs the tests. It must neither make a second process nor have the
   * process traced or stopped. Standard input and standard error are
   * `/dev/null`, standard output is closed.
   */
  readonly calls: readonly ProbeCall[];
  /**
   * Whether a process makes one call after the other until one of them ends it,
   * and the next goes on behind that one. The kernel takes milliseconds to load
   * a long filter, and calls take nearly none. What one call changes is there
   * for the next: none may change what another returns. If left out, each call
   * has a process of its own.
   */
  readonly together?: boolean;
}

/** What the kernel did. */
export type OracleAnswer =
  /**
   * The call returned: a signed integer, of 64 bits, of a call of x86 of 32; a
   * negative errno if it failed.
   */
  | { readonly returned: bigint }
  /**
   * A signal ended the process in the call. SIGALRM means as a rule that the
   * call still waited after ten seconds.
   */
  | { readonly signal: number }
  /** The call ended the process with an exit status. */
  | { readonly exited: number }
  /**
   * seccomp(2) failed with an errno for one of the programs: because the kernel
   * does not take it, or because one before it refuses seccomp(2). It is 0 if
   * one before it lets seccomp(2) succeed without doing anything. One that does
   * so depending on seccomp(2)'s own arguments may go unnoticed.
   */
  | { readonly refused: number }
  /** A signal ended the process in seccomp(2), as a program before wanted. */
  | { readonly endedLoading: number };

/**
 * Why the oracle cannot be asked on this machine, or `undefined` if it can.
 *
 * @param abis The ABIs of the calls.
 */
export function missingOracle(
  abis: readonly ProbeAbi[] = [],
): string | undefined {
  if (Deno.build.arch !== "x86_64") return "needs x86_64";
  return abis.map(missingAbi).find((reason) => reason !== undefined);
}

/**
 * Asks about every call of every case.
 *
 * @returns The answers, by case and call.
 * @throws {RangeError} If a number or an argument is out of its range, a case
 * has no programs, or a program is not one or is too long to be asked about.
 * @throws {Error} If the kernel has no room for the processes, or a process was
 * stopped.
 *
 * Source: seccomp(2), wait4(2).
 */
export async function askKernel(
  cases: readonly OracleCase[],
): Promise<OracleAnswer[][]> {
  const count = cases.reduce((sum, { calls }) => sum + calls.length, 0);
  const slots = count === 0
    ? new DataView(new ArrayBuffer(0))
    : await run(oracleProgram(cases), count * SLOT.size);
  let at = 0;
  return cases.map(({ calls, together = false }) => {
    let status = 0;
    let goesOn = false;
    return calls.map(({ abi }) => {
      const { state, value, ...slot } = read(slots, at);
      at += SLOT.size;
      if (!goesOn) status = slot.status;
      goesOn = together && state === STATE.returned;
      return toAnswer(abi, state, value, status);
    });
  });
}

/** Runs the program to its end, and returns the slots. */
async function run(program: Uint8Array, size: number): Promise<DataView> {
  using scratch = new Scratch();
  const file = scratch.file("oracle", program, 0o755);
  const { signal, stdout } = await new Deno.Command(file, {
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  if (stdout.length !== size) {
    throw new Error(
      `the oracle wrote ${stdout.length} of ${size} bytes (${signal})`,
    );
  }
  return new DataView(stdout.buffer, stdout.byteOffset, size);
}

function read(slots: DataView, at: number) {
  return {
    value: slots.getBigInt64(at + SLOT.value, true),
    state: slots.getUint32(at + SLOT.state, true),
    status: slots.getUint32(at + SLOT.status, true),
  };
}

function toAnswer(
  abi: ProbeAbi,
  state: number,
  value: bigint,
  status: number,
): OracleAnswer {
  // However the process ended then: its filters may have refused exit_group.
  if (state === STATE.returned) {
    // The upper half of rax is no part of the result.
    return { returned: abi === "x86" ? BigInt.asIntN(32, value) : value };
  }
  if (state === STATE.refused) return { refused: Number(-value) };
  // WIFSTOPPED, WIFEXITED and WTERMSIG of wait(2).
  const signal = status & 0x7f;
  if (signal === 0x7f) throw new Error(`a process was stopped (${status})`);
  if (signal === 0) return { exited: status >> 8 & 0xff };
  return state === STATE.loading ? { endedLoading: signal } : { signal };
}
