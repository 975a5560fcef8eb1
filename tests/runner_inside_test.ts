/**
 * What a job sees of its filter from inside, after the driver has become an
 * ordinary user.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readProcessStatus } from "../src/libc/process_status.ts";
import { testEach } from "./program.ts";
import { missing, RunnerScene, type Setup, USER } from "./runner_scene.ts";

const MKDIR_PLUGIN = new URL("../plugins/mkdir.ts", import.meta.url).pathname;

/** The number of filters that this process has itself. */
const OUTER = readProcessStatus("self")?.filterCount ?? 0;

/** Says what it is and what it may; `$1` is a set-user-ID program of root. */
const LOOK = (becomeRoot: string) =>
  `sed -nE 's/^(Seccomp|Seccomp_filters|NoNewPrivs):\\t/\\1 /p' /proc/self/status
echo "ids $(id -u):$(id -g) of $(id -G)"
mkdir "$RANDOM-$RANDOM" 2>/dev/null && echo "mkdir works" || echo "mkdir refused"
perl -e 'my $key = "x"; ioctl STDIN, 0x5412, $key; print "TIOCSTI $!\\n"'
perl -e '$! = 0; $> = 0; print "euid $>, $!\\n"'
echo "set-user-ID $(${becomeRoot} --reuid 0 id -u 2>&1)"
echo "effective $(${becomeRoot} id -u)"
`;

interface Case extends Setup {
  readonly name: string;
  readonly filters: number;
  readonly noNewPrivs: 0 | 1;
  readonly tiocsti: string;
  /** What a set-user-ID program of root gets when it sets its uid to 0. */
  readonly setUserId: RegExp;
  /** Its effective uid before that. */
  readonly effective: string;
  /** The plugin refuses it. */
  readonly mkdirAfter: "works" | "refused";
}

const REFUSED = "Operation not permitted";
const NO_TERMINAL = "Inappropriate ioctl for device";
const BECOMES_ROOT = /^0$/;
const STAYS = /setresuid failed: Operation not permitted$/;
const plugin = `validation_plugin = "${MKDIR_PLUGIN}"\n`;

const CASES: readonly Case[] = [
  {
    name: "with plugins/mkdir.ts",
    keys: plugin,
    filters: 1,
    noNewPrivs: 0,
    tiocsti: REFUSED,
    setUserId: BECOMES_ROOT,
    effective: "0",
    mkdirAfter: "refused",
  },
  {
    name: "with limit_setuid for its user",
    keys: `${plugin}limit_setuid = true\n`,
    flags: ["--user", USER],
    filters: 2,
    noNewPrivs: 0,
    tiocsti: REFUSED,
    setUserId: STAYS,
    effective: "0",
    mkdirAfter: "refused",
  },
  {
    name: "with no_new_privs",
    keys: `no_new_privs = true\n`,
    filters: 1,
    noNewPrivs: 1,
    tiocsti: REFUSED,
    setUserId: STAYS,
    effective: USER.split(":")[0],
    mkdirAfter: "works",
  },
  {
    name: "with disabled = true",
    keys: `disabled = true\n`,
    filters: 0,
    noNewPrivs: 0,
    tiocsti: NO_TERMINAL,
    setUserId: BECOMES_ROOT,
    effective: "0",
    mkdirAfter: "works",
  },
];

for (const { name, filters, noNewPrivs, ...expected } of CASES) {
  testEach(`what a job sees ${name}`, async (program) => {
    using scene = new RunnerScene(program, expected);
    const becomeRoot = `${scene.path}/become-root`;
    Deno.copyFileSync("/usr/bin/setpriv", becomeRoot);
    Deno.chmodSync(becomeRoot, 0o4755);
    const look = LOOK(becomeRoot);
    const run = scene.job({
      scripts: {
        step_script: look,
        after_script: `echo after_script\n${look}`,
      },
    });
    const outcome = await run.play();
    assert.deepEqual(outcome, { status: "success" }, run.jobLog.text);
    const [, script, after] =
      /^Using .*\n([^]*)after_script\n([^]*)$/.exec(run.jobLog.text) ?? [];
    const said = (text: string, word: string) =>
      new RegExp(`^${word} (.*)$`, "m").exec(text)?.[1];
    for (const text of [script, after]) {
      assert.equal(said(text, "NoNewPrivs"), `${noNewPrivs}`);
      assert.equal(said(text, "Seccomp"), filters + OUTER > 0 ? "2" : "0");
      assert.equal(said(text, "Seccomp_filters"), `${filters + OUTER}`);
      assert.equal(said(text, "ids"), `${USER} of ${USER.split(":")[1]}`);
      assert.equal(said(text, "TIOCSTI"), expected.tiocsti);
      assert.equal(
        said(text, "euid"),
        `${USER.split(":")[0]}, Operation not permitted`,
      );
      assert.equal(said(text, "effective"), expected.effective);
      assert.match(said(text, "set-user-ID") ?? "", expected.setUserId);
    }
    assert.equal(said(script, "mkdir"), "works");
    assert.equal(said(after, "mkdir"), expected.mkdirAfter);
  }, missing);
}
