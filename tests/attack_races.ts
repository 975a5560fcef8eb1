/**
 * Files that are swapped all the time while they are looked at and used (U2).
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  assertClosed,
  assertClosedOrFiltered,
  assertFiltered,
  type Attack,
  Scene,
} from "./attack.ts";
import { as, give, needsPerl, needsRoot, OTHER, perl } from "./attack_users.ts";
import type { Program } from "./program.ts";

const ROUNDS = 10;

const GOOD_PLUGIN =
  `import { ActErrno, errno, getSyscallFromName } from "jacamar-seccomp";
export const seccompExpansion = (filter) => {
  for (const name of ["mkdir", "mkdirat"]) {
    filter.addRule(getSyscallFromName(name), ActErrno.setReturnCode(errno.EPERM));
  }
};`;
/** Were it used, the driver would be run under a filter that lets mkdir pass. */
const BAD_PLUGIN = "export const seccompExpansion = () => {};";
const GOOD_CONFIG = '[auth.seccomp]\nblock_calls = ["mkdir", "mkdirat"]\n';
/** Were it used, the driver would be run without any filter. */
const BAD_CONFIG = "[auth.seccomp]\ndisabled = true\n";
const BLOCKING = 'block_calls = ["mkdir", "mkdirat"]\n';

/**
 * What the attacker does without end, in Perl: PLACE, FINE and BAD are paths,
 * `next` is a name of the attacker's own beside the place.
 */
const SWAPPING = `
  my ($place, $fine, $bad) = @ARGV;
  my $next = "$place.next";
  $| = 1;
  print "ready\\n";
  for (;;) {
    symlink($fine, $next); rename($next, $place); unlink($next);
    link($bad, $next); rename($next, $place); unlink($next);
    rename($place, $next); rename($next, $place);
    unlink($place); mkdir($place); rmdir($place);
  }`;

/**
 * The same by the user whom the program trusts, and whom nothing bars: a good
 * file and one that everybody can change, by turns.
 */
const FLIPPING = `
  my ($place, $fine, $bad) = @ARGV;
  my $next = "$place.next";
  $| = 1;
  print "ready\\n";
  for (;;) {
    link($fine, $next); rename($next, $place);
    link($bad, $next); rename($next, $place);
  }`;

/** Has another user swap what is at a place, as long as the result is held. */
function swapping(
  place: string,
  fine: string,
  bad: string,
): Promise<AsyncDisposable> {
  return perl(as(OTHER), SWAPPING, place, fine, bad);
}

/** Swaps a file for one with another text that everybody can change. */
function flipping(file: string, text: string): Promise<AsyncDisposable> {
  Deno.copyFileSync(file, `${file}.fine`);
  Deno.writeTextFileSync(`${file}.bad`, text);
  Deno.chmodSync(`${file}.bad`, 0o666);
  return perl([], FLIPPING, file, `${file}.fine`, `${file}.bad`);
}

const missing = needsRoot ?? needsPerl;

/** Runs it many times: each time it ends well, and never is the bad file used. */
async function rounds(
  scene: Scene,
  program: Program,
  assertRound: typeof assertClosedOrFiltered,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    assertRound(scene, await scene.exec(program));
    if (scene.wasRun) Deno.removeSync(scene.marker);
  }
}

/** A scene with a sticky folder `open/`, in which others have a bad file. */
function stickyScene(bad: string): Scene {
  const scene = new Scene();
  Deno.mkdirSync(`${scene.path}/open`);
  Deno.chmodSync(`${scene.path}/open`, 0o1777);
  give(scene.file("open/bad", bad));
  return scene;
}

export const raceAttacks: readonly Attack[] = [
  {
    promise: "U2",
    name: "a configuration that everybody can change now and then",
    missing: needsPerl,
    async attack(program) {
      using scene = new Scene();
      const file = scene.config(BLOCKING);
      await using _ = await flipping(file, BAD_CONFIG);
      await rounds(scene, program, assertClosedOrFiltered);
    },
  },
  {
    promise: "U2",
    name: "a profile that everybody can change now and then",
    missing: needsPerl,
    async attack(program) {
      using scene = new Scene();
      scene.config('profile = "profile.json"\n');
      const profile = (names: string[]) =>
        JSON.stringify({
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names, action: "SCMP_ACT_ERRNO" }],
        });
      const file = scene.file("profile.json", profile(["mkdir", "mkdirat"]));
      await using _ = await flipping(file, profile(["rmdir"]));
      await rounds(scene, program, assertClosedOrFiltered);
    },
  },
  {
    promise: "U2",
    name:
      "another user's link in a sticky folder, to the right configuration and a bad one",
    missing,
    async attack(program) {
      using scene = stickyScene(BAD_CONFIG);
      const { path } = scene;
      const good = scene.file("good.toml", GOOD_CONFIG);
      const place = `${path}/open/jacamar.toml`;
      Deno.symlinkSync(place, `${path}/jacamar.toml`);
      await using _ = await swapping(place, good, `${path}/open/bad`);
      await rounds(scene, program, assertClosed);
    },
  },
  {
    promise: "U2",
    name:
      "another user's folder on the way to the configuration, and a link in its place",
    missing,
    async attack(program) {
      using scene = stickyScene(BAD_CONFIG);
      const { path } = scene;
      Deno.mkdirSync(`${path}/good`);
      scene.file("good/jacamar.toml", GOOD_CONFIG);
      Deno.mkdirSync(`${path}/open/theirs`);
      give(scene.file("open/theirs/jacamar.toml", BAD_CONFIG));
      give(`${path}/open/theirs`);
      Deno.symlinkSync("open/way/jacamar.toml", `${path}/jacamar.toml`);
      const place = `${path}/open/way`;
      await using _a = await swapping(place, `${path}/good`, "/absent");
      await using _b = await swapping(place, "theirs", "/absent");
      await rounds(scene, program, assertClosed);
    },
  },
  {
    promise: "U2",
    name:
      "root's plugin in a sticky folder, which another user tries to replace",
    missing,
    async attack(program) {
      using scene = stickyScene(BAD_PLUGIN);
      const { path } = scene;
      const place = scene.file("open/plugin.js", GOOD_PLUGIN);
      scene.config('validation_plugin = "open/plugin.js"\n');
      const bad = `${path}/open/bad`;
      await using _ = await swapping(place, bad, bad);
      await rounds(scene, program, assertFiltered);
      assert.equal(Deno.readTextFileSync(place), GOOD_PLUGIN);
    },
  },
  {
    promise: "U2",
    name:
      "another user's module in a sticky folder, and a link to the right one",
    missing,
    async attack(program) {
      using scene = stickyScene("export const name = 'rmdir';");
      const { path } = scene;
      const good = scene.file("good.js", "export const name = 'mkdir';");
      scene.plugin(
        `import { name } from "./open/module.js";\n${
          GOOD_PLUGIN.replace('"mkdir"', "name")
        }`,
      );
      const place = `${path}/open/module.js`;
      await using _ = await swapping(place, good, `${path}/open/bad`);
      await rounds(scene, program, assertClosed);
    },
  },
  {
    promise: "U2",
    name:
      "a plugin in a folder that everybody can change, there and gone again",
    missing,
    async attack(program) {
      using scene = new Scene();
      const { path } = scene;
      Deno.mkdirSync(`${path}/wide`);
      const place = scene.file("wide/plugin.js", GOOD_PLUGIN);
      give(scene.file("wide/bad", BAD_PLUGIN));
      Deno.chmodSync(`${path}/wide`, 0o777);
      const good = scene.file("good.js", GOOD_PLUGIN);
      scene.config('validation_plugin = "wide/plugin.js"\n');
      await using _ = await swapping(place, good, `${path}/wide/bad`);
      await rounds(scene, program, assertClosed);
    },
  },
];
