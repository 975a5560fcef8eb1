/**
 * Processes to read the filters of: started, known to be where they are wanted,
 * and gone when their test is.
 *
 * @module
 */
import {
  attachedFilters,
  AttachedFiltersError,
} from "../src/libc/attached_filters.ts";
import {
  type ProcessStatus,
  readProcessStatus,
} from "../src/libc/process_status.ts";
import {
  execUnder,
  fromSource,
  hasSysAdmin,
  type Program,
  Scratch,
  start,
} from "./program.ts";

/** Says that it is there, and what it is told then. */
export const ECHO = [
  ...["sh", "-c", 'echo ready; read -r line; echo "$line"'],
] as const;

const isFree = readProcessStatus("self")?.seccompMode === 0;
/** Why there is no process without a filter, if there is none. */
export const NOT_FREE = isFree
  ? undefined
  : "the tests are under a filter themselves";

/** A process that says line by line how far it is. */
export class Subject implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #text = "";
  #hasEnded = false;

  private constructor(program: Program, args: readonly string[]) {
    this.#child = start(program, args);
    this.#child.status.then(() => this.#hasEnded = true);
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout
      .pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts a command without a filter of its own. */
  static plain(...command: readonly string[]): Subject {
    return new Subject({ name: "command", command }, []);
  }

  /** Starts a command under the filters of a configuration. */
  static under(config: string, ...command: readonly string[]): Subject {
    return new Subject(fromSource, [...execUnder(config), ...command]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Reads the next line; an empty one if the process has ended. */
  async line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value } = await this.#output.read();
      if (value === undefined) break;
      this.#text += value;
    }
    const [line, ...rest] = this.#text.split("\n");
    this.#text = rest.join("\n");
    return line;
  }

  /** Writes a line to it. */
  async say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#output.cancel();
    await this.#child.stderr.cancel();
    // What it was to read may never be read.
    await this.#input.abort();
  }
}

/** How long a process may take to become what it will be, in milliseconds. */
const PATIENCE = 60_000;

/** Waits until a process is as wanted, and fails if it does not become that. */
export async function until(
  pid: number,
  holds: (status: ProcessStatus) => boolean,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const status = readProcessStatus(pid);
    if (!status) throw new Error(`process ${pid} is gone`);
    if (holds(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`process ${pid} is not as wanted: ${holds}`);
}

/** Why no filters can be read here, if they cannot. */
export async function whyUnreadable(): Promise<string | undefined> {
  if (!hasSysAdmin) return "needs CAP_SYS_ADMIN";
  if (!isFree) return NOT_FREE;
  using scratch = new Scratch();
  await using subject = Subject.under(scratch.config(), ...ECHO);
  await subject.line();
  try {
    attachedFilters(subject.pid);
    return undefined;
  } catch (error) {
    if (!(error instanceof AttachedFiltersError)) throw error;
    const isMissing = ["EINVAL", "EIO", "EACCES", "EPERM"].includes(error.code);
    return isMissing ? error.message.replace(/.*?: /, "") : undefined;
  }
}
