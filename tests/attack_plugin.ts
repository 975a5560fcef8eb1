/**
 * Attacks that are no more than a plugin, and ways to see how they end.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  assertClosed,
  assertClosedOrFiltered,
  assertFiltered,
  type Attack,
  type PromiseId,
  Scene,
} from "./attack.ts";
import { type Program, type Result, run } from "./program.ts";

/** A plugin, and what else there is beside its function. */
export interface Hostile {
  /** What its function does, with `filter`, `stage` and `context`. */
  readonly does: string;
  /** What the module has before that. */
  readonly imports?: string;
  /** Keys of the configuration, beside the one that refuses mkdir. */
  readonly keys?: string;
  /** Put in front of the command. */
  readonly wrapper?: readonly string[];
}

/** How an attack ends, beside one of the two ways that there are. */
export type Outcome =
  /** The job is not run, and this is said. */
  | RegExp
  /** The job is not run, whatever is said. */
  | "closed"
  /** The job is run under its filter: the attack changes nothing. */
  | "filtered"
  /** Either; what is to be seen in it is looked at by itself. */
  | ((result: Result, program: Program, scene: Scene) => void);

/** Refuses mkdir, which the scene's driver tries. */
const REFUSE_MKDIR = 'block_calls = ["mkdir"]\nplugin_timeout = "20s"\n';

/** For who is to run out of time: it shall not take long. */
export const SHORT = 'plugin_timeout = "300ms"\n';

/** The text of a plugin. */
export function pluginText({ does, imports = "" }: Hostile): string {
  return `${imports}\nexport async function seccompExpansion(filter, stage, context) {\n${does}\n}\n`;
}

/** Writes a plugin and its configuration. */
export function writePlugin(scene: Scene, hostile: Hostile): void {
  const keys = REFUSE_MKDIR.split("\n").filter((line) =>
    !hostile.keys?.includes(line.split(" ")[0])
  ).join("\n");
  scene.plugin(pluginText(hostile), `${keys}\n${hostile.keys ?? ""}`);
}

/** An attack by one plugin. */
export function byPlugin(
  promise: PromiseId,
  name: string,
  hostile: Hostile | string,
  outcome: Outcome,
  prepare?: (scene: Scene) => void,
): Attack {
  return {
    promise,
    name,
    async attack(program) {
      using scene = new Scene();
      const plugin = typeof hostile === "string" ? { does: hostile } : hostile;
      writePlugin(scene, {
        ...plugin,
        imports: plugin.imports?.replaceAll("FOLDER", scene.path),
        does: plugin.does.replaceAll("FOLDER", scene.path),
      });
      prepare?.(scene);
      const result = await scene.exec(program, { wrapper: plugin.wrapper });
      assertOutcome(scene, result, program, outcome);
    },
  };
}

function assertOutcome(
  scene: Scene,
  result: Result,
  program: Program,
  outcome: Outcome,
): void {
  if (outcome === "filtered") assertFiltered(scene, result);
  else if (outcome === "closed") assertClosed(scene, result);
  else if (outcome instanceof RegExp) assertClosed(scene, result, outcome);
  else {
    assertClosedOrFiltered(scene, result);
    outcome(result, program, scene);
  }
}

/** Says all that a program can know of how it was started. */
const TELLTALE = `#!/bin/sh
printf '%s\\n' "$0" "$@"
env | sort
pwd
umask
ulimit -a
grep -E '^(Sig(Blk|Ign|Cgt)|Seccomp_filters|NoNewPrivs|Uid|Gid|Groups|Cap)' /proc/self/status
for fd in /proc/self/fd/*; do
  case $fd in */[0-2]) grep flags "/proc/self/fdinfo/\${fd##*/}" ;; esac
done
ls /proc/self/fd | wc -l
cat
`;

/**
 * An attack on what the driver is started with: it is compared with what a
 * plugin that does nothing leaves.
 */
export function onDriver(name: string, hostile: Hostile | string): Attack {
  return {
    promise: "P1",
    name,
    async attack(program) {
      const plugin = typeof hostile === "string" ? { does: hostile } : hostile;
      using scene = new Scene();
      scene.file("driver", TELLTALE, 0o755);
      // Named from where it is started, as what a plugin could move.
      const start = (does: Hostile) => {
        writePlugin(scene, does);
        return run(program, [
          ...["exec", "-c", "jacamar.toml", "--stage", "x", "--"],
          ...["./driver", "run", "a script", "x"],
        ], {
          cwd: scene.path,
          wrapper: plugin.wrapper,
          stdin: "what the job reads\n",
          env: { SYSTEM_FAILURE_EXIT_CODE: "77", CUSTOM_ENV_A: "a" },
        });
      };
      const innocent = await start({ does: "" });
      assert.match(innocent.stdout, /a script\n[^]*what the job reads\n$/);
      const result = await start(plugin);
      if (result.code === 77 || result.signal !== null) {
        assert.equal(result.stdout, "");
        return;
      }
      // Standard error is where errors are told meanwhile, and is not hidden
      // from who looks for it by number.
      assert.deepEqual({ ...result, stderr: "" }, { ...innocent, stderr: "" });
    },
  };
}
