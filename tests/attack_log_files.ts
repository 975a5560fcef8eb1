/**
 * What other users could put where the system log is to be (U4).
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertClosed, type Attack, Scene } from "./attack.ts";
import { as, give, needsPerl, needsRoot, OTHER, perl } from "./attack_users.ts";
import { type Program, type Result } from "./program.ts";

const VICTIM = "what root wrote\n";

/** Where the system log is, as the configuration says it. */
function logging(location: string): string {
  return `[auth.logging]\nenabled = true\nlocation = "${location}"\n`;
}

/** A scene with a file that shall not be written to, and folders of all kinds. */
class LogScene extends Scene {
  readonly victim = this.file("victim", VICTIM);

  constructor() {
    super();
    for (const [name, mode] of [["sticky", 0o1777], ["open", 0o777]] as const) {
      Deno.mkdirSync(`${this.path}/${name}`);
      Deno.chmodSync(`${this.path}/${name}`, mode);
    }
  }

  /**
   * Has two jobs fail, one because a plugin does and one because there would be
   * no filter and no record of that.
   */
  async fail(program: Program, log: string): Promise<Result[]> {
    const table = logging(`${this.path}/${log}`);
    this.plugin("throw new Error('no');", table);
    const failed = await this.exec(program);
    this.config(`disabled = true\n${table}`);
    return [failed, await this.exec(program)];
  }

  /** Asserts that both jobs fail and nothing is written, and that it is said why. */
  async assertRefused(
    program: Program,
    log: string,
    says: RegExp,
  ): Promise<void> {
    for (const result of await this.fail(program, log)) {
      assertClosed(this, result, /could not open the system log/);
      assert.match(result.stderr, says);
    }
    assert.equal(Deno.readTextFileSync(this.victim), VICTIM);
  }
}

interface Trap {
  readonly name: string;
  readonly missing?: string;
  /** The log, in the scene's folder. */
  readonly log: string;
  readonly says: RegExp;
  readonly set: (path: string, scene: LogScene) => void;
}

const BELONGS = new RegExp(`belongs to user ${OTHER}`);

const traps: readonly Trap[] = [
  {
    name: "another user's link to root's file, in a sticky folder",
    missing: needsRoot,
    log: "sticky/log",
    says: BELONGS,
    set(path) {
      Deno.symlinkSync("../victim", `${path}/sticky/log`);
      give(`${path}/sticky/log`);
    },
  },
  {
    name: "another user's link to where nothing is yet",
    missing: needsRoot,
    log: "sticky/log",
    says: BELONGS,
    set(path) {
      Deno.symlinkSync("../new", `${path}/sticky/log`);
      give(`${path}/sticky/log`);
    },
  },
  {
    name: "another user's FIFO that is read from",
    missing: needsRoot,
    log: "sticky/log",
    says: BELONGS,
    set(path) {
      const fifo = `${path}/sticky/log`;
      new Deno.Command("mkfifo", { args: [fifo] }).outputSync();
      give(fifo);
    },
  },
  {
    name: "another user's file in a sticky folder",
    missing: needsRoot,
    log: "sticky/log",
    says: BELONGS,
    set: (_, scene) => give(scene.file("sticky/log", "")),
  },
  {
    name: "a way through another user's link",
    missing: needsRoot,
    log: "sticky/way/victim",
    says: BELONGS,
    set(path) {
      Deno.symlinkSync("..", `${path}/sticky/way`);
      give(`${path}/sticky/way`);
    },
  },
  {
    name: "a folder of another user",
    missing: needsRoot,
    log: "theirs/log",
    says: BELONGS,
    set(path) {
      Deno.mkdirSync(`${path}/theirs`);
      give(`${path}/theirs`);
    },
  },
  {
    name: "another name of root's file, as anybody could give it one",
    log: "sticky/log",
    says: /has other names \(2 hard links\)/,
    set: (path, { victim }) => Deno.linkSync(victim, `${path}/sticky/log`),
  },
  {
    name: "a link in a folder that everybody can change",
    log: "open/log",
    says: /open may be changed by everybody \(mode 0777\)/,
    set: (path) => Deno.symlinkSync("../victim", `${path}/open/log`),
  },
  {
    name: "a folder that everybody can change, in which it would be made",
    log: "open/log",
    says: /open may be changed by everybody \(mode 0777\)/,
    set: () => {},
  },
  {
    name: "root's link into a folder that its group can change",
    log: "log",
    says: /open may be changed by its group \(mode 0770\)/,
    set(path) {
      Deno.chmodSync(`${path}/open`, 0o770);
      Deno.symlinkSync("open/log", `${path}/log`);
    },
  },
];

const LINKING = `
  $| = 1;
  print "ready\\n";
  for (;;) { symlink("../victim", $ARGV[0]); unlink($ARGV[0]); }`;

export const logFileAttacks: readonly Attack[] = [
  ...traps.map(({ name, missing, log, says, set }): Attack => ({
    promise: "U4",
    name: `a system log in the place of which is ${name}`,
    missing,
    async attack(program) {
      using scene = new LogScene();
      set(scene.path, scene);
      const before = inventory(scene);
      await scene.assertRefused(program, log, says);
      assert.deepEqual(inventory(scene), before);
    },
  })),
  {
    promise: "U4",
    name: "a link to root's file that is put and taken away all the time",
    missing: needsRoot ?? needsPerl,
    async attack(program) {
      using scene = new LogScene();
      const log = `${scene.path}/sticky/log`;
      scene.plugin("throw new Error('no');", logging(log));
      await using _ = await perl(as(OTHER), LINKING, log);
      for (let round = 0; round < 10; round++) {
        assertClosed(scene, await scene.exec(program), /plugin error: no/);
        assert.equal(Deno.readTextFileSync(scene.victim), VICTIM);
        // If it could be made, it is root's and in the attacker's way.
        new Deno.Command("rm", { args: ["-f", log] }).outputSync();
      }
    },
  },
];

/** Every file of a scene but those that the attack itself writes. */
function inventory({ path }: Scene): string[] {
  const names: string[] = [];
  for (const folder of ["", "/sticky", "/open", "/theirs"]) {
    try {
      for (const { name } of Deno.readDirSync(`${path}${folder}`)) {
        names.push(`${folder}/${name}`);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return names.filter((name) => !/^\/(?:plugin\.js|jacamar\.toml)$/.test(name))
    .sort();
}
