/**
 * What a job needs around it: the `config.toml` of docs/gitlab.md, with this
 * machine's program and a driver in the place of `jacamar-auth`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import {
  baseEnvironment,
  compiled,
  fromSource,
  hasCommand,
  hasSysAdmin,
  isRoot,
  type Program,
  Scratch,
} from "./program.ts";
import { type Job, JobRun } from "./runner.ts";
import type { CustomSection, RunnerSection } from "./runner_configuration.ts";

const PAGE = new URL("../docs/gitlab.md", import.meta.url).pathname;
const DRIVER = new URL("runner_driver.pl", import.meta.url).pathname;

/** What the page's `config.toml` names. */
const OURS = "/usr/bin/jacamar-seccomp";
const AUTH = "/opt/jacamar/bin/jacamar-auth";
const CONFIGURATION = "/etc/jacamar/seccomp.toml";

/** Whom the driver becomes: nobody. */
const ID = 65534;
export const USER = `${ID}:${ID}`;

/** Why no job can be played here, if so. */
export const missing = !isRoot || !hasSysAdmin
  ? "needs root, as jacamar-auth does"
  : ["perl", "bash", "mkfifo", "setpriv"].filter((name) => !hasCommand(name))
    .map((name) => `needs ${name}`)[0];

/** The way to run the program that starts the fastest. */
export const fastest = [compiled.missing === undefined ? compiled : fromSource];

/** What differs from the page's configuration. */
export interface Setup {
  /** Keys of `[auth.seccomp]`. */
  readonly keys?: string;
  /** A plugin's source. */
  readonly plugin?: string;
  /** Arguments of `exec` before the driver. */
  readonly flags?: readonly string[];
  /** Where the driver ends by itself, as `build_script=77`. */
  readonly ends?: readonly string[];
  /** Scripts that the driver runs for `config`, `prepare` and `cleanup`. */
  readonly hooks?: Readonly<Record<string, string>>;
  readonly custom?: Partial<CustomSection>;
}

/** The folder of a job: configuration, plugin, builds. */
export class RunnerScene extends Scratch {
  readonly builds = `${this.path}/builds`;
  readonly #program: Program;
  readonly #setup: Setup;

  constructor(program: Program, setup: Setup = {}) {
    super();
    this.#program = program;
    this.#setup = setup;
    Deno.mkdirSync(this.builds);
    Deno.chownSync(this.builds, ID, ID);
    const { keys = "", plugin, hooks = {} } = setup;
    if (plugin !== undefined) this.file("plugin.js", plugin);
    const line = plugin === undefined
      ? ""
      : 'validation_plugin = "plugin.js"\n';
    this.config(line + keys);
    for (const [verb, script] of Object.entries(hooks)) {
      this.file(`${verb}.sh`, script);
    }
  }

  /** The stages in which the driver was run. */
  get driven(): string[] {
    try {
      return Deno.readTextFileSync(`${this.path}/driven`).trimEnd().split("\n");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** A job that is about to be played. */
  job(job: Job): JobRun {
    const { custom } = documentedRunner();
    return new JobRun(
      {
        ...documentedRunner(),
        custom: { ...this.#here(custom), ...this.#setup.custom },
      },
      baseEnvironment(this.#program),
      job,
    );
  }

  /** The page's executables, with what is here in their place. */
  #here(custom: CustomSection): CustomSection {
    const [executable, ...first] = this.#program.command;
    const place = (exec: string | undefined, args: readonly string[] = []) => {
      assert.equal(exec, OURS);
      assert.equal(args[0], "exec");
      const own = { [CONFIGURATION]: [`${this.path}/jacamar.toml`] };
      const auth = { [AUTH]: this.#driver };
      for (const name of [CONFIGURATION, AUTH]) assert.ok(args.includes(name));
      const rest = args.slice(1).flatMap((arg) =>
        ({ ...own, ...auth })[arg] ?? [arg]
      );
      return [...first, "exec", ...this.#setup.flags ?? [], ...rest];
    };
    return {
      ...custom,
      config_exec: executable,
      config_args: place(custom.config_exec, custom.config_args),
      prepare_exec: executable,
      prepare_args: place(custom.prepare_exec, custom.prepare_args),
      run_exec: executable,
      run_args: place(custom.run_exec, custom.run_args),
      cleanup_exec: executable,
      cleanup_args: place(custom.cleanup_exec, custom.cleanup_args),
    };
  }

  get #driver(): string[] {
    return ["perl", DRIVER, this.path, USER, ...this.#setup.ends ?? []];
  }
}

/** The runner that the page's `config.toml` describes. */
function documentedRunner(): RunnerSection {
  const page = Deno.readTextFileSync(PAGE);
  const block = page.split("```toml\n").slice(1).map((rest) =>
    rest.split("```")[0]
  ).find((text) => text.includes("[[runners]]"));
  assert.ok(block !== undefined, `${PAGE} shows no [[runners]]`);
  const { runners } = parse(block);
  // The page is ours; what is wrong in it fails in the job.
  return (runners as unknown as readonly RunnerSection[])[0];
}
