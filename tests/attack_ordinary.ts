/** Attacks on promise S7: an ordinary user, and an executable with privileges. */
import assert from "node:assert/strict";
import { assertClosed, type Attack, SYSTEM_FAILURE } from "./attack.ts";
import {
  assertNotRun,
  assertWitness,
  DRIVER_CODE,
  needs,
  Witness,
} from "./attack_witness.ts";
import {
  baseEnvironment,
  compiled,
  isRoot,
  type Program,
  type Result,
  run,
} from "./program.ts";

const USER = 65534;
const ORDINARY = [
  "setpriv",
  `--reuid=${USER}`,
  `--regid=${USER}`,
  "--clear-groups",
];
const REFUSAL =
  /may be neither set-user-ID nor set-group-ID, nor have file capabilities/;

/** Why nobody can be made an ordinary user, or a file privileged. */
const noPrivilegedFile = !isRoot
  ? "needs root"
  : needs("setpriv", "findmnt") ?? nosuid();

function nosuid(): string | undefined {
  const { stdout } = new Deno.Command("findmnt", {
    args: ["-n", "-o", "OPTIONS", "-T", "/tmp"],
  }).outputSync();
  return /\bnosuid\b/.test(new TextDecoder().decode(stdout))
    ? "needs a folder without nosuid"
    : undefined;
}

/** A scene of an ordinary user: its files are theirs. */
class OrdinaryScene extends Witness {
  constructor(keys = "") {
    super(keys);
    if (!isRoot) return;
    for (const name of ["", "/driver", "/jacamar.toml"]) {
      Deno.chownSync(`${this.path}${name}`, USER, USER);
    }
  }

  /** Runs `exec` as that user. */
  asUser(program: Program): Promise<Result> {
    return this.exec(program, { wrapper: isRoot ? ORDINARY : [] });
  }
}

/** deno run has no cache that another user may use. */
function isOutOfReach(program: Program): boolean {
  return isRoot && program !== compiled;
}

const ordinary: readonly Attack[] = [
  {
    promise: "S7",
    name: "an ordinary user with a configuration of their own has no_new_privs",
    missing: isRoot ? needs("setpriv") : undefined,
    async attack(program) {
      using scene = new OrdinaryScene();
      const result = await scene.asUser(program);
      if (isOutOfReach(program)) return assertNotRun(scene, result);
      assertWitness(scene, result);
      assert.match(scene.read("status"), /^NoNewPrivs:\s*1$/m);
      assert.match(scene.read("status"), /^CapEff:\s*0+$/m);
    },
  },
  {
    promise: "S7",
    name: "an ordinary user does not want no_new_privs",
    missing: isRoot ? needs("setpriv") : undefined,
    async attack(program) {
      using scene = new OrdinaryScene("no_new_privs = false\n");
      const result = await scene.asUser(program);
      if (isOutOfReach(program)) return assertNotRun(scene, result);
      assertClosed(scene, result, /no_new_privs is not to be set/);
    },
  },
  {
    promise: "S7",
    name: "an ordinary user's filter is not had by a set-user-ID program",
    missing: noPrivilegedFile,
    async attack(program) {
      using scene = new OrdinaryScene();
      Deno.copyFileSync("/usr/bin/id", `${scene.path}/id`);
      Deno.chmodSync(`${scene.path}/id`, 0o4755);
      const result = await run(
        program,
        [
          ...["exec", "-c", `${scene.path}/jacamar.toml`, "--stage", "x"],
          ...["--", `${scene.path}/id`, "-u"],
        ],
        { wrapper: ORDINARY },
      );
      assert.notEqual(result.stdout, "0\n");
      if (!isOutOfReach(program)) assert.equal(result.stdout, `${USER}\n`);
    },
  },
  {
    promise: "S7",
    name: "an ordinary user's plugin is of their own ids, whatever it asks",
    missing: isRoot ? needs("setpriv") : undefined,
    async attack(program) {
      using scene = new OrdinaryScene();
      scene.plugin(
        "export function seccompExpansion(filter, stage, { uid }) { if (uid === 0) throw new Error('root'); }",
      );
      const result = await scene.asUser(program);
      if (isOutOfReach(program)) return assertNotRun(scene, result);
      assert.equal(result.code, DRIVER_CODE, result.stderr);
    },
  },
];

/** How a file gets privileges, with arguments before the file's own. */
const PRIVILEGES: Readonly<Record<string, readonly string[]>> = {
  "set-user-ID": ["chmod", "4755"],
  "set-group-ID": ["chmod", "2755"],
  "set-user-ID and set-group-ID": ["chmod", "6755"],
  "allowed CAP_SYS_ADMIN": ["setcap", "cap_sys_admin+ep"],
  "allowed to read every file": ["setcap", "cap_dac_read_search+ep"],
};

const privileged = Object.entries(PRIVILEGES).map(([what, give]): Attack => ({
  promise: "S7",
  name: `the executable is ${what}, and an ordinary user has it`,
  missing: noPrivilegedFile ?? needs(give[0]),
  async attack(program) {
    using theirs = new OrdinaryScene();
    using roots = new Witness();
    // An owner of its own, so that set-group-ID changes the group.
    const [command, ...rest] = program.command;
    const copy = `${roots.path}/copy`;
    Deno.copyFileSync(command, copy);
    const made = new Deno.Command(give[0], { args: [...give.slice(1), copy] })
      .outputSync();
    assert.ok(made.success);
    const borrowed: Program = { name: "copy", command: [copy, ...rest] };
    for (const scene of [theirs, roots]) {
      const result = await scene.exec(borrowed, {
        env: baseEnvironment(program),
        wrapper: ORDINARY,
      });
      assertNotRun(scene, result);
      if (isOutOfReach(program)) continue;
      assertClosed(scene, result, REFUSAL);
      const args = ["check", "-c", `${scene.path}/jacamar.toml`];
      const checked = await run(borrowed, args, { wrapper: ORDINARY });
      assert.deepEqual([checked.code, checked.stdout], [2, ""]);
      assert.match(checked.stderr, REFUSAL);
      // What learn starts, asked for by hand; a listener would never come.
      const started = await run(borrowed, ["learn-start", "2", "--", "id"], {
        wrapper: ORDINARY,
      });
      assert.deepEqual([started.code, started.stdout], [2, ""]);
      assert.match(started.stderr, REFUSAL);
    }
    // Root gains nothing by it, and is not refused.
    const result = await roots.exec(borrowed, {
      env: baseEnvironment(program),
    });
    if (give[0] === "setcap" || give[1] === "4755") {
      assertWitness(roots, result);
    }
  },
}));

const ambient: Attack = {
  promise: "S7",
  name: "a service's ambient capability is no file's: it is used",
  missing: noPrivilegedFile,
  async attack(program) {
    using scene = new OrdinaryScene();
    const result = await scene.exec(program, {
      wrapper: [
        ...ORDINARY,
        "--inh-caps=+sys_admin",
        "--ambient-caps=+sys_admin",
      ],
      env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
    });
    if (isOutOfReach(program)) return assertNotRun(scene, result);
    assertWitness(scene, result);
    assert.match(scene.read("status"), /^NoNewPrivs:\s*0$/m);
  },
};

export const ordinaryAttacks: readonly Attack[] = [
  ...ordinary,
  ...privileged,
  ambient,
];
