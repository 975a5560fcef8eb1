/**
 * What one case of the fuzzing is.
 *
 * @module
 */
import type { Asked } from "./fuzz_arguments.ts";

/** Files and a command line; `FOLDER` in arguments is the files' folder. */
export interface FuzzCase {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Whether the configuration is gone through in a process that lives on. */
  readonly isEvaluated: boolean;
  /**
   * Whether libseccomp may come to no end with it, and `plugin_timeout` has to
   * put one.
   */
  readonly isTimed: boolean;
  /** The arguments after `exec`, if that is run. */
  readonly exec: Asked | undefined;
  /** The command line, if another command is run. */
  readonly command: readonly string[] | undefined;
}

/** The stage that is asked for where the arguments are not what is varied. */
export const STAGE = "x";

/** Its files' names, and what is done to make a folder of them. */
export function writeFiles(folder: string, { files }: FuzzCase): void {
  for (const { name } of Deno.readDirSync(folder)) {
    if (name !== DRIVER) Deno.removeSync(`${folder}/${name}`);
  }
  for (const [name, content] of Object.entries(files)) {
    Deno.writeFileSync(`${folder}/${name}`, content, { mode: 0o644 });
  }
}

/** The file in the folder that is executed. */
export const DRIVER = "driver";

/** Ordinary arguments, without and with the flag that has errors told. */
export function ordinary(unobfuscated: boolean): Asked {
  const driver = ["FOLDER/driver", "run", "", "--", "-c"] as const;
  const configuration = "FOLDER/jacamar.toml";
  return {
    args: [
      ...unobfuscated ? ["-u"] : [],
      ...["--stage", STAGE, "-c", configuration, "--", ...driver],
    ],
    request: {
      configuration,
      stage: STAGE,
      user: undefined,
      unobfuscated,
      driver: [...driver],
    },
  };
}
