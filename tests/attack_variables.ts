/**
 * Variables that a job's author chose (J2).
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  assertClosed,
  assertFiltered,
  type Attack,
  Scene,
  SYSTEM_FAILURE,
} from "./attack.ts";
import { CALLS, needsPerl } from "./attack_users.ts";
import { baseEnvironment, output, type Program, run } from "./program.ts";

const BLOCKING = 'block_calls = ["mkdir", "mkdirat"]\n';

/** What decides something where it stands without the prefix. */
const NAMES = [
  ...["SYSTEM_FAILURE_EXIT_CODE", "BUILD_FAILURE_EXIT_CODE", "JOB_STATUS"],
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "PWD", "IFS"],
  ...["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES"],
  ...["DENO_DIR", "DENO_V8_FLAGS", "DENO_CERT", "NODE_OPTIONS", "NO_COLOR"],
  ...["CI_JOB_STAGE", "JACAMAR_SECCOMP_CONFIGURATION", "LC_ALL", "TZ"],
];

/** Asserts that a job that is to fail does, and that another has its filter. */
async function assertUnmoved(
  program: Program,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  using failing = new Scene();
  failing.plugin("throw new Error('no');");
  assertClosed(failing, await failing.exec(program, { env }), /error: no/);
  using running = new Scene();
  running.config(BLOCKING);
  assertFiltered(running, await running.exec(program, { env }));
}

/** Executes what follows with an environment that is given in hexadecimal. */
const EXECUTE = `
  my @environment = map { pack "H*", $_ } split(/,/, shift);
  my $path = $ARGV[0];
  my $argv = pack("(p)*x8", @ARGV);
  my $envp = pack("(p)*x8", @environment);
  syscall(${CALLS.execve}, $path, $argv, $envp);
  die "execve: $!";`;

/** A wrapper that sets an environment of arbitrary bytes, each a code point to 255. */
function under(environment: readonly string[]): string[] {
  const hex = environment.map((entry) =>
    Uint8Array.from(entry, (character) => character.charCodeAt(0)).toHex()
  );
  return ["perl", "-e", EXECUTE, hex.join(",")];
}

/** What no shell could set. */
const ODD = [
  "CUSTOM_ENV_A=\xff\xfe\x80",
  "CUSTOM_ENV_\xff\xc3=1",
  "CUSTOM_ENV_LINES=a\nPATH=/absent\nSYSTEM_FAILURE_EXIT_CODE=0",
  "CUSTOM_ENV_SURROGATE=\xed\xa0\x80",
  "CUSTOM_ENV_CONTROL=\x01\x1b[2J\x7f\r\n",
  "CUSTOM_ENV_TWICE=1",
  "CUSTOM_ENV_TWICE=2",
  "CUSTOM_ENV_WITHOUT_A_VALUE",
  "CUSTOM_ENV_=",
  "CUSTOM_ENV_EMPTY=",
  "CUSTOM_ENV_A B\t-c=--stage",
  "=CUSTOM_ENV_NAMELESS",
  "==",
  "=",
];

function oddEnvironment(program: Program): string[] {
  const base = Object.entries(baseEnvironment(program))
    .map(([name, value]) => `${name}=${value}`);
  return [
    ...ODD.slice(0, 7),
    ...base,
    `SYSTEM_FAILURE_EXIT_CODE=${SYSTEM_FAILURE}`,
    ...ODD.slice(7),
  ];
}

export const variableAttacks: readonly Attack[] = [
  {
    promise: "J2",
    name: "variables of the job called like those that decide something",
    async attack(program) {
      for (const value of ["0", "/absent", ""]) {
        await assertUnmoved(
          program,
          Object.fromEntries(
            NAMES.map((name) => [`CUSTOM_ENV_${name}`, value]),
          ),
        );
      }
    },
  },
  {
    promise: "J2",
    name: "six thousand variables of the job, and values of 100 KB",
    async attack(program) {
      const env: Record<string, string> = {};
      for (let index = 0; index < 6000; index++) {
        env[`CUSTOM_ENV_NUMBER_${index}`] = `${index}`;
      }
      for (let index = 0; index < 10; index++) {
        env[`CUSTOM_ENV_LONG_${index}`] = "0".repeat(100_000);
      }
      await assertUnmoved(program, env);
      using scene = new Scene();
      const args = ["exec", "-c", scene.config(), "--stage", "x", "--"];
      const { stdout } = await run(program, [...args, "env"], { env });
      const count = stdout.match(/^CUSTOM_ENV_/gm)?.length;
      assert.equal(count, Object.keys(env).length);
    },
  },
  {
    promise: "J2",
    name:
      "names and values of the job that are no text, no names, no variables",
    missing: needsPerl,
    async attack(program) {
      const wrapper = under(oddEnvironment(program));
      using failing = new Scene();
      failing.plugin("throw new Error('no');");
      assertClosed(failing, await failing.exec(program, { wrapper }), /: no/);
      using running = new Scene();
      running.config(BLOCKING);
      assertFiltered(running, await running.exec(program, { wrapper }));
    },
  },
  {
    promise: "J2",
    name: "the same, and the driver has every byte of it, in the same order",
    missing: needsPerl,
    async attack(program) {
      using scene = new Scene();
      const environment = oddEnvironment(program);
      const args = ["exec", "-c", scene.config(), "--stage", "x", "--"];
      const { stdout } = await output(
        program,
        [...args, "cat", "/proc/self/environ"],
        { wrapper: under(environment) },
      );
      assert.deepEqual(
        Array.from(stdout, (byte) => String.fromCharCode(byte)).join(""),
        environment.map((entry) => `${entry}\0`).join(""),
      );
    },
  },
];
