import {
  cString,
  cStrings,
  int,
  libc,
  long,
  memory,
  SystemCallError,
} from "../libc/mod.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { INSTRUCTION_SIZE } from "../bpf/instruction.ts";
import {
  MOST_INSTRUCTIONS,
  MOST_INSTRUCTIONS_TOGETHER,
} from "../bpf/program.ts";
import { SIG_DFL, SIG_IGN, SIGPIPE, SIGSEGV, SIGXFSZ } from "../libc/signal.ts";
import { parentFileLimit, RLIMIT_NOFILE } from "./file_limit.ts";

/**
 * The numbers of seccomp(2) and execve(2). Source: arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h.
 */
const SYS_SECCOMP = Deno.build.arch === "aarch64" ? 277n : 317n;
const SYS_EXECVE = Deno.build.arch === "aarch64" ? 221 : 59;
/** Of include/uapi/linux/audit.h. */
const AUDIT_ARCH = Deno.build.arch === "aarch64" ? 0xc000_00b7 : 0xc000_003e;
/** Of include/uapi/linux/seccomp.h. */
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_LOG = 2;
const SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
const SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
/** Since Linux 5.19; before, the kernel answers EINVAL. */
const SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 32;
/** `PR_SET_NO_NEW_PRIVS` and `PR_GET_NO_NEW_PRIVS` of prctl(2). */
const PR_SET_NO_NEW_PRIVS = 38;
const PR_GET_NO_NEW_PRIVS = 39;
/** What seccomp(2) answers where it cannot read a program. */
const EFAULT = 14;
/** And where it does not know a flag. */
const EINVAL = 22;

/** `sizeof(struct sock_fprog)`: the number of instructions, their address. */
const HEADER_SIZE = 16;
/** How many filters there is room for. */
const MOST_FILTERS = 64;

/** What is loaded before the driver is executed. */
export interface Load {
  /**
   * In the order in which they are loaded: 1 to 64. All but the last must let
   * seccomp(2) pass.
   */
  readonly filters: readonly LoadedFilter[];
  readonly noNewPrivs: boolean;
}

/** One filter to load. */
export interface LoadedFilter {
  /**
   * An array of `struct sock_filter` in native byte order, 1 to 4096
   * instructions.
   */
  readonly program: Uint8Array<ArrayBuffer>;
  /**
   * Whether the kernel logs all actions but allow (`SECCOMP_FILTER_FLAG_LOG`).
   */
  readonly log: boolean;
  /**
   * Whether Speculative Store Bypass mitigation stays off
   * (`SECCOMP_FILTER_FLAG_SPEC_ALLOW`).
   */
  readonly speculativeStoreBypass: boolean;
  /**
   * Whether there is to be a listener that is notified of calls
   * (`SECCOMP_FILTER_FLAG_NEW_LISTENER`): the lowest free descriptor of this
   * process, closed by execve. Where the kernel can do that, only a fatal signal
   * interrupts a call that the listener has received
   * (`SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`).
   */
  readonly listener?: boolean;
}

/** A launch of which everything is laid out in memory. */
export interface PreparedLaunch {
  /**
   * The call of execve as filters will see it, but for where it comes from. Of
   * the arguments that execve does not have, 0 is assumed.
   */
  readonly execve: SeccompData;
  /**
   * Loads the programs, if there are any, and becomes the driver. It returns only
   * by throwing.
   *
   * @throws {RangeError} If there are none or too many filters, or a program
   * is empty, torn or too long, or all together are: nothing is loaded.
   * @throws {SystemCallError} If the kernel refuses a program or the driver.
   */
  launch(load: Load | undefined): never;
}

/**
 * Lays out all that a launch needs: paths, arguments, environment, room for the
 * program. Afterwards neither a permission nor any value that a plugin could
 * have changed decides what is executed.
 *
 * @param file The driver's file.
 * @param argv The driver's arguments, its own name first.
 * @returns The launch, to be started once.
 */
export function prepareLaunch(
  file: string,
  argv: readonly string[],
): PreparedLaunch {
  const { calls, environ, errno } = libc();
  const { execve, prctl, seccomp, setrlimit, signal } = calls;
  // A filter is exported to a file in memory, and a limit on file sizes would
  // end the process by a signal there; ignored, it is an error like others.
  const sigxfsz = signal(int(SIGXFSZ), SIG_IGN);
  const path = cString(file);
  const vector = cStrings(argv);
  const room = new Room();
  const fileLimit = parentFileLimit();
  const words = {
    seccomp: long(SYS_SECCOMP),
    setNoNewPrivs: int(PR_SET_NO_NEW_PRIVS),
    getNoNewPrivs: int(PR_GET_NO_NEW_PRIVS),
    sigsegv: int(SIGSEGV),
    sigpipe: int(SIGPIPE),
    sigxfsz: int(SIGXFSZ),
    nofile: int(RLIMIT_NOFILE),
  };

  /** Puts back what this process changed for itself, and nothing else. */
  const restore = () => {
    // Rust has a handler, which execve would drop. Should the driver not be
    // executed, a fault must end the process, whatever the filter refuses.
    if (signal(words.sigsegv, SIG_DFL) === SIG_IGN) {
      signal(words.sigsegv, SIG_IGN);
    }
    signal(words.sigpipe, SIG_DFL);
    signal(words.sigxfsz, sigxfsz);
    if (fileLimit) setrlimit(words.nofile, fileLimit);
  };

  /**
   * A filter that is on already may answer with errno 0 and load nothing. The
   * kernel itself answers EFAULT to a program that is nowhere.
   */
  const requireKernel = (flags: number) => {
    if (seccomp(words.seccomp, SECCOMP_SET_MODE_FILTER, flags, null) !== -1) {
      throw new Error(
        "could not load the filter: another one, which is on already, answers in the kernel's place",
      );
    }
    if (errno[0] !== EFAULT) {
      throw new SystemCallError("load the filter", errno[0]);
    }
  };

  /** The flags for a listener that this kernel knows. */
  const listenerFlags = () => {
    const flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
      SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    seccomp(words.seccomp, SECCOMP_SET_MODE_FILTER, flags, null);
    return errno[0] === EINVAL ? SECCOMP_FILTER_FLAG_NEW_LISTENER : flags;
  };

  const load = (wanted: Load) => {
    const { filters } = wanted;
    if (filters.length < 1 || filters.length > MOST_FILTERS) {
      throw new RangeError(
        `there are ${filters.length} filters; there is room for 1 to ${MOST_FILTERS}`,
      );
    }
    for (let index = 0; index < filters.length; index++) {
      room.add(filters[index], index);
    }
    if (wanted.noNewPrivs) {
      const set = prctl(words.setNoNewPrivs, 1n, 0n, 0n, 0n);
      if (set !== 0 || prctl(words.getNoNewPrivs, 0n, 0n, 0n, 0n) !== 1) {
        throw new SystemCallError("set no_new_privs", errno[0]);
      }
    }
    for (let index = 0; index < filters.length; index++) {
      if (filters[index].listener) room.flags[index] |= listenerFlags();
      requireKernel(room.flags[index]);
    }
    // From the first load on, any other call than seccomp and execve may be
    // refused, and V8 aborts where its own are, as when memory is collected. So
    // nothing is allocated from here on: no bigint, no closure, no iterator, and
    // no buffer that a typed array has only once it is asked for.
    void path.pointer.buffer;
    for (let index = 0; index < filters.length; index++) {
      const flags = room.flags[index];
      const header = room.headers[index];
      const value = seccomp(
        words.seccomp,
        SECCOMP_SET_MODE_FILTER,
        flags,
        header,
      );
      const isDescriptor = value > 0 &&
        (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) !== 0;
      if (value !== 0 && !isDescriptor) {
        throw new SystemCallError("load the filter", errno[0]);
      }
    }
    execve(path.pointer, vector.bytes, environ, null);
  };

  const environment = BigInt(Deno.UnsafePointer.value(environ));
  return {
    execve: {
      number: SYS_EXECVE,
      architecture: AUDIT_ARCH,
      instructionPointer: 0n,
      args: [path.address, vector.address, environment, 0n, 0n, 0n],
    },
    launch(wanted) {
      restore();
      try {
        if (wanted) load(wanted);
        else execve(path.pointer, vector.bytes, environ, null);
        throw new SystemCallError(`execute the driver ${file}`, errno[0]);
      } finally {
        // What is still to be said may go to a pipe that nobody reads.
        signal(words.sigpipe, SIG_IGN);
      }
    },
  };
}

/** Room for all that the kernel takes, where the kernel finds it. */
class Room {
  readonly #instructions = memory(
    new Uint8Array(MOST_INSTRUCTIONS_TOGETHER * INSTRUCTION_SIZE),
  );
  #used = 0;
  /** `struct sock_fprog` of each filter. */
  readonly headers = Array.from(
    { length: MOST_FILTERS },
    () => new Uint8Array(HEADER_SIZE),
  );
  /** What seccomp(2) is told beside each. */
  readonly flags: number[] = [];

  /** @throws {RangeError} If the program is none that the kernel takes. */
  add(
    { program, log, speculativeStoreBypass }: LoadedFilter,
    index: number,
  ): void {
    const count = program.length / INSTRUCTION_SIZE;
    if (!Number.isInteger(count) || count < 1 || count > MOST_INSTRUCTIONS) {
      throw new RangeError(
        `the program has ${count} instructions; the kernel takes 1 to ${MOST_INSTRUCTIONS}`,
      );
    }
    const { bytes, address } = this.#instructions;
    if (this.#used + program.length > bytes.length) {
      throw new RangeError(
        `the programs have too many instructions; the kernel takes ${MOST_INSTRUCTIONS_TOGETHER} together`,
      );
    }
    const header = new DataView(this.headers[index].buffer);
    header.setUint16(0, count, true);
    header.setBigUint64(8, address + BigInt(this.#used), true);
    bytes.set(program, this.#used);
    this.#used += program.length;
    this.flags[index] = (log ? SECCOMP_FILTER_FLAG_LOG : 0) |
      (speculativeStoreBypass ? SECCOMP_FILTER_FLAG_SPEC_ALLOW : 0);
  }
}
