/**
 * A place for one kind of case after the other: a folder, and a process that
 * goes the way of `exec` up to the launch.
 *
 * @module
 */
import { DRIVER } from "./fuzz_case.ts";
import { endlessDriver } from "./fuzz_process.ts";
import type { FuzzAnswer, FuzzRequest } from "./fuzz_worker.ts";
import { Scratch } from "./program.ts";

/** What else may come of a case: the process hangs, or is gone. */
export type Evaluation = FuzzAnswer | { readonly outcome: "stuck" | "died" };

/** Modules stay in memory: after so many cases another process goes on. */
const MOST_CASES = 2000;

/** See the module. */
export class FuzzBench implements AsyncDisposable {
  readonly #scratch = new Scratch();
  readonly folder = this.#scratch.path;
  readonly driver = this.#scratch.file(DRIVER, endlessDriver, 0o755);
  #worker: EvaluatingProcess | undefined;
  #cases = 0;

  /**
   * Has a case gone through.
   *
   * @param patience After how many milliseconds it is stuck.
   */
  async evaluate(request: FuzzRequest, patience: number): Promise<Evaluation> {
    if (++this.#cases % MOST_CASES === 0) await this.#replace();
    this.#worker ??= new EvaluatingProcess();
    const answer = await this.#worker.ask(request, patience);
    if (typeof answer !== "string") return answer;
    await this.#replace();
    return { outcome: answer };
  }

  async #replace(): Promise<void> {
    await this.#worker?.end();
    this.#worker = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#replace();
    this.#scratch[Symbol.dispose]();
  }
}

/** The process. */
class EvaluatingProcess {
  readonly #child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--cached-only"],
      ...["--allow-read", "--allow-ffi", "--allow-env", "--allow-sys"],
      new URL("fuzz_worker.ts", import.meta.url).pathname,
    ],
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  readonly #input = this.#child.stdin.getWriter();
  readonly #output = this.#child.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  readonly #ready = this.#write("{}").then(() => this.#line());

  /** The answer, or that there is none because it hangs or is gone. */
  async ask(
    request: FuzzRequest,
    patience: number,
  ): Promise<FuzzAnswer | "stuck" | "died"> {
    await this.#ready;
    const { promise: late, resolve } = Promise.withResolvers<"stuck">();
    const timer = setTimeout(() => resolve("stuck"), patience);
    try {
      await this.#write(JSON.stringify(request));
      const line = await Promise.race([this.#line(), late]);
      if (line === "stuck") return line;
      return line === "" ? "died" : JSON.parse(line);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return "died";
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #write(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** The next line; an empty one where there is none. */
  async #line(): Promise<string> {
    let text = "";
    while (!text.endsWith("\n")) {
      const { value } = await this.#output.read();
      if (value === undefined) return "";
      text += value;
    }
    return text;
  }

  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended.
    }
    await this.#child.status;
    await this.#output.cancel();
    await this.#input.abort().catch(() => {});
  }
}
