/**
 * Runs jacamar-seccomp in front of a driver that makes no system call at all,
 * so that no filter can keep it from being seen.
 *
 * @module
 */
import { readProcessStatus } from "../src/libc/process_status.ts";
import { executable } from "./probe_elf.ts";
import { little, MACHINES } from "./probe_machine.ts";
import { baseEnvironment, type Program } from "./program.ts";
import { SYSTEM_FAILURE } from "./attack.ts";

/** A jump to itself, on each machine. */
const FOR_EVER: Readonly<Record<typeof Deno.build.arch, readonly number[]>> = {
  x86_64: [0xeb, 0xfe],
  aarch64: little(0x1400_0000n, 4),
};

/** The driver: an endless loop. */
export const endlessDriver: Uint8Array = executable(
  MACHINES[Deno.build.arch].elf,
  [],
  FOR_EVER[Deno.build.arch],
);

/** How a run ended. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly how:
    /** The driver was there, and was ended then. */
    | {
      readonly kind: "driver";
      readonly filters: number | undefined;
      readonly argv: readonly string[];
    }
    | {
      readonly kind: "code";
      readonly code: number;
      readonly signal: string | null;
    }
    | { readonly kind: "hung" };
}

/** How long a run may take, in milliseconds: many times what it needs. */
const PATIENCE = 60_000;
/** How often it is looked for the driver, in milliseconds. */
const PAUSE = 4;

const { symbols: { open, read, close, readlink } } = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
});

/**
 * Runs the program until it ends or has become the driver.
 *
 * @param driver The driver's file, where the endless one is.
 * @param cwd Where it is run.
 */
export async function runUntilDriver(
  program: Program,
  args: readonly string[],
  { driver, cwd }: { readonly driver: string; readonly cwd: string },
): Promise<Ending> {
  const [command, ...first] = program.command;
  const child = new Deno.Command(command, {
    args: [...first, ...args],
    cwd,
    clearEnv: true,
    env: {
      ...baseEnvironment(program),
      SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}`,
    },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  let hasEnded = false;
  const output = child.output().finally(() => hasEnded = true);
  let how: Ending["how"] | undefined;
  const end = performance.now() + PATIENCE;
  while (!hasEnded) {
    if (executableOf(child.pid) === driver) {
      const filters = readProcessStatus(child.pid)?.filterCount;
      const argv = argumentsOf(child.pid);
      // Within execve there is a moment in which the arguments are not there.
      if (argv.length > 0) how = { kind: "driver", filters, argv };
    } else if (performance.now() > end) how = { kind: "hung" };
    if (how) {
      child.kill("SIGKILL");
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const { code, signal, stdout, stderr } = await output;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    stdout: decode(stdout),
    stderr: decode(stderr),
    how: how ?? { kind: "code", code, signal },
  };
}

/** What a process executes; Deno's own function would need --allow-all. */
function executableOf(pid: number): string | undefined {
  const target = new Uint8Array(4096);
  const length = Number(
    readlink(cText(`/proc/${pid}/exe`), target, BigInt(target.length)),
  );
  if (length < 0) return undefined;
  return new TextDecoder().decode(target.subarray(0, length));
}

function argumentsOf(pid: number): string[] {
  const descriptor = open(cText(`/proc/${pid}/cmdline`), 0);
  const chunk = new Uint8Array(0x1_0000);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const count = Number(read(descriptor, chunk, BigInt(chunk.length)));
    if (count <= 0) break;
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  close(descriptor);
  return text.split("\0").slice(0, -1);
}

function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
