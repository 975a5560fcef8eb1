/**
 * Exit codes and standard output that are not the driver's (J3), and a job log
 * that tells too much (J4).
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertClosed, type Attack, Scene, SYSTEM_FAILURE } from "./attack.ts";
import { type Program, type Result, run } from "./program.ts";

/** Says it in every way that there is, and fails. */
const LOUD = `const tell = (text) => {
  console.log(text); console.error(text); console.info(text); console.warn(text);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  process.stdout.write(text); process.stderr.write(text);
  process.emitWarning(text);
  process._rawDebug(text);
};`;

/** A way to fail; SECRET is in a path or a text that the job may not read. */
interface Failing {
  readonly phase: string;
  readonly config?: string;
  readonly plugin?: string;
  /** Put between the flags and `--`. */
  readonly flags?: readonly string[];
  readonly driver?: string;
}

const expansion = (body: string, before = "") =>
  `${before}\nexport async function seccompExpansion() {\n${body}\n}`;

const failings: readonly Failing[] = [
  { phase: "the command line", flags: ["--SECRET"] },
  { phase: "the configuration's text", config: "[auth.seccomp]\nSECRET = = 1" },
  { phase: "the configuration's keys", config: "[auth.seccomp]\nSECRET = 1" },
  {
    phase: "the configuration's calls",
    config: '[auth.seccomp]\nblock_calls = ["SECRET"]',
  },
  {
    phase: "a missing profile",
    config: '[auth.seccomp]\nprofile = "SECRET.json"',
  },
  {
    phase: "a missing plugin",
    config: '[auth.seccomp]\nvalidation_plugin = "SECRET.ts"',
  },
  { phase: "the plugin's text", plugin: "const SECRET = ;" },
  { phase: "the plugin's import", plugin: 'import "./SECRET.ts";' },
  {
    phase: "the plugin's start",
    plugin: `${LOUD}\ntell("SECRET"); throw "SECRET";`,
  },
  {
    phase: "the plugin's call",
    plugin: expansion('tell("SECRET"); throw new Error("SECRET");', LOUD),
  },
  {
    phase: "a rejection that is left",
    plugin: expansion('tell("SECRET"); Promise.reject("SECRET");', LOUD),
  },
  {
    phase: "an end by the plugin",
    plugin: expansion('tell("SECRET"); Deno.exit(0);', LOUD),
  },
  {
    phase: "a crash by the plugin",
    plugin: expansion('tell("SECRET"); process.abort();', LOUD),
  },
  {
    phase: "a plugin without an end",
    plugin: expansion('tell("SECRET"); for (;;);', LOUD),
  },
  {
    phase: "the filter",
    config: '[auth.seccomp]\nblock_calls = ["execve"] # SECRET',
  },
  { phase: "a user that is unknown", flags: ["--user", "SECRET"] },
  { phase: "a missing driver", driver: "/SECRET/driver" },
  { phase: "a driver that is none", driver: "/etc/passwd" },
];

async function fail(
  program: Program,
  scene: Scene,
  { phase, config, plugin, flags = [], driver = scene.driver }: Failing,
  isUnobfuscated: boolean,
): Promise<Result> {
  if (plugin === undefined) scene.file("jacamar.toml", config ?? "");
  else {
    // Only who is to run out of time gets little of it.
    const timeout = phase === "a plugin without an end" ? "500ms" : "1m";
    scene.plugin(plugin, `plugin_timeout = "${timeout}"\n`);
  }
  return await run(program, [
    ...["exec", ...(isUnobfuscated ? ["-u"] : [])],
    ...["-c", `${scene.path}/jacamar.toml`, "--stage", "x", ...flags],
    ...["--", driver, "-u", "--unobfuscated"],
  ], { env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` } });
}

export const outputAttacks: readonly Attack[] = [
  {
    promise: "J3",
    name:
      `a failure in each of ${failings.length} phases: no byte on standard output, and never 0`,
    async attack(program) {
      await Promise.all(failings.map(async (failing) => {
        using scene = new Scene();
        assertClosed(scene, await fail(program, scene, failing, true));
      }));
    },
  },
  {
    promise: "J3",
    name:
      "a driver that ends with 0, 1, the system-failure code, 255 or by a signal",
    async attack(program) {
      using scene = new Scene();
      const config = scene.config();
      const shell = (script: string) =>
        run(program, [
          ...["exec", "-c", config, "--stage", "x", "--", "sh", "-c", script],
        ], { env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` } });
      for (const code of [0, 1, SYSTEM_FAILURE, 255]) {
        const result = await shell(`printf 'a\\nb'; exit ${code}`);
        assert.deepEqual([result.code, result.signal], [code, null]);
        assert.deepEqual([result.stdout, result.stderr], ["a\nb", ""]);
      }
      for (const signal of ["KILL", "TERM", "SEGV", "SYS", "PIPE"]) {
        const result = await shell(`printf 'a\\nb'; kill -${signal} $$`);
        assert.equal(result.signal, `SIG${signal}`);
        assert.deepEqual([result.stdout, result.stderr], ["a\nb", ""]);
      }
    },
  },
  {
    promise: "J3",
    name: "a system-failure code of 0, in many spellings",
    async attack(program) {
      for (
        const code of [
          "0",
          "00",
          "000",
          "-0",
          "0x0",
          "256",
          "512",
          "",
          " ",
          "\n",
        ]
      ) {
        const result = await run(program, ["exec", "-c", "/absent"], {
          env: { SYSTEM_FAILURE_EXIT_CODE: code },
        });
        assert.deepEqual([result.code, result.stdout], [2, ""], code);
      }
    },
  },
  {
    promise: "J3",
    name: "a question that another command would answer with 0",
    async attack(program) {
      using scene = new Scene();
      const config = scene.config();
      for (
        const args of [
          [],
          ["--help"],
          ["-h"],
          ["--version"],
          ["-c", config],
          ["-c", config, "--help", "--", scene.driver],
          ["-c", config, "--stage", "x", "--"],
        ]
      ) {
        const result = await run(program, ["exec", ...args], {
          env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
        });
        assertClosed(scene, result);
      }
    },
  },
  {
    promise: "J4",
    name:
      `a failure in each of ${failings.length} phases: one line, without path or reason, and the driver's -u is not ours`,
    async attack(program) {
      await Promise.all(failings.map(async (failing) => {
        using scene = new Scene();
        const result = await fail(program, scene, failing, false);
        assertClosed(scene, result);
        // Who is dead says nothing.
        const told = GENERAL.test(result.stderr) ||
          (result.stderr === "" && result.signal !== null);
        assert.ok(told, `${failing.phase}: ${result.stderr}`);
      }));
    },
  },
  {
    promise: "J4",
    name:
      "a system log that cannot be opened or written, whose path the job is not to know",
    async attack(program) {
      for (const log of ["SECRET/log", "jacamar.toml/SECRET", ""]) {
        using scene = new Scene();
        const location = log === "" ? "/dev/full" : `${scene.path}/${log}`;
        const config =
          `[auth.seccomp]\nSECRET = 1\n[auth.logging]\nenabled = true\nlocation = "${location}"\n`;
        const failing = { phase: "the log", config };
        const result = await fail(program, scene, failing, false);
        assertClosed(scene, result, GENERAL);
        assert.match(result.stderr, /the system log has no record of it/);
      }
    },
  },
];

/** All that a job may read. */
const GENERAL =
  /^jacamar-seccomp: system error, the job was not run; the system log (?:tells your administrator why|has no record of it) \(reference [0-9a-f]{12}\)\n$/;
