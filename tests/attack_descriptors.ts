/**
 * Attacks on the promises S2 and S3: descriptors and a current directory that
 * are not what everybody has.
 */
import assert from "node:assert/strict";
import { assertClosed, type Attack, SYSTEM_FAILURE } from "./attack.ts";
import {
  after,
  assertNotRun,
  assertNotRunOrWitness,
  assertWitness,
  needs,
  PATIENTLY,
  Witness,
} from "./attack_witness.ts";
import { compiled, isRoot, run } from "./program.ts";

const BROKEN = "no_such_key = 1\n";

/** Every set of standard descriptors, as what closes them in a shell. */
const CLOSINGS = Array.from(
  { length: 7 },
  (_, set) => [0, 1, 2].filter((fd) => ((set + 1) & (1 << fd)) !== 0),
);

const closings = CLOSINGS.map((closed): Attack => ({
  promise: "S2",
  name: `descriptors ${closed.join(", ")} are closed`,
  async attack(program) {
    const wrapper = after(`exec ${closed.map((fd) => `${fd}<&-`).join(" ")}`);
    using scene = new Witness();
    assertWitness(scene, await scene.exec(program, { wrapper }));
    const descriptors = scene.read("descriptors");
    for (const fd of closed) {
      // Deno opens them on /dev/null before any code of ours runs.
      assert.match(descriptors, new RegExp(` ${fd} -> /dev/null$`, "m"));
    }
    assert.equal(descriptors.includes(`${scene.path}/jacamar.toml`), false);
    using broken = new Witness(BROKEN);
    assertClosed(broken, await broken.exec(program, { wrapper }));
    using hanging = new Witness(LOGGED("LOG"));
    hanging.plugin(
      HANGING,
      `plugin_timeout = "200ms"\n${LOGGED(`${hanging.path}/log`)}`,
    );
    assertClosed(hanging, await hanging.exec(program, { wrapper }));
    // The log's descriptor must not have been taken for a standard one.
    const records = Deno.readTextFileSync(`${hanging.path}/log`).trim();
    for (const line of records.split("\n")) JSON.parse(line);
  },
}));

const LOGGED = (location: string) =>
  `[auth.logging]\nenabled = true\nlocation = "${location}"\n`;
const HANGING = "export function seccompExpansion() { for (;;); }\n";

/** What standard error may be instead, as a shell opens it. */
const ODD_ERRORS: Readonly<Record<string, string>> = {
  "a full device": "exec 2>/dev/full",
  "open for reading only": "exec 2</dev/null",
  "a folder": "exec 2</",
  "a pipe that nobody reads any more":
    "mkfifo FOLDER/fifo; exec 9<>FOLDER/fifo 2>FOLDER/fifo 9<&-",
  "a pipe that is full":
    "mkfifo FOLDER/fifo; exec 9<>FOLDER/fifo; dd if=/dev/zero of=FOLDER/fifo oflag=nonblock bs=4096 count=1000 2>/dev/null; exec 2>FOLDER/fifo",
};

const oddErrors = Object.entries(ODD_ERRORS).map(([what, script]): Attack => ({
  promise: "S2",
  name: `standard error is ${what}`,
  async attack(program) {
    using scene = new Witness();
    const wrapper = [
      ...PATIENTLY,
      ...after(script.replaceAll("FOLDER", scene.path)),
    ];
    assertWitness(scene, await scene.exec(program, { wrapper }));
    if (what === "a pipe that is full") return;
    using broken = new Witness(BROKEN);
    const odd = after(script.replaceAll("FOLDER", broken.path));
    assertClosed(
      broken,
      await broken.exec(program, { wrapper: [...PATIENTLY, ...odd] }),
    );
  },
}));

const descriptors: readonly Attack[] = [
  ...closings,
  ...oddErrors,
  {
    promise: "S2",
    name: "standard output is full, or closed at its other end",
    async attack(program) {
      for (const odd of ["exec 1>/dev/full", "exec 1</dev/null"]) {
        using scene = new Witness();
        const wrapper = after(odd);
        assertWitness(scene, await scene.exec(program, { wrapper }));
        using broken = new Witness(BROKEN);
        assertClosed(broken, await broken.exec(program, { wrapper }));
      }
    },
  },
  {
    promise: "S2",
    name: "a plugin that never ends, with standard error full",
    async attack(program) {
      using scene = new Witness();
      scene.plugin(HANGING, 'plugin_timeout = "200ms"\n');
      const script = ODD_ERRORS["a pipe that is full"]
        .replaceAll("FOLDER", scene.path);
      const wrapper = [...PATIENTLY, ...after(script)];
      assertClosed(scene, await scene.exec(program, { wrapper }));
    },
  },
  {
    promise: "S2",
    name: "a thousand descriptors are inherited, and passed on",
    missing: needs("perl"),
    async attack(program) {
      using scene = new Witness();
      const open = "use POSIX; $^F = 5000; " +
        'POSIX::open("/dev/null") for 1..1000; exec @ARGV;';
      const wrapper = [...after("ulimit -n 2000"), "perl", "-e", open];
      assertWitness(scene, await scene.exec(program, { wrapper }));
      const passed = scene.read("descriptors").match(/-> \/dev\/null$/gm);
      assert.ok((passed?.length ?? 0) >= 1000, `${passed?.length}`);
    },
  },
  {
    promise: "S2",
    name: "a file of the runner's under a number that Deno uses stays as it is",
    async attack(program) {
      using scene = new Witness();
      const wrapper = after(
        [3, 4, 5, 6, 7, 8, 9].map((fd) => `exec ${fd}>${scene.path}/kept${fd}`)
          .join("; "),
      );
      assertWitness(scene, await scene.exec(program, { wrapper }));
      const text = scene.read("descriptors");
      for (const fd of [3, 4, 5, 6, 7, 8, 9]) {
        assert.match(
          text,
          new RegExp(` ${fd} -> ${scene.path}/kept${fd}$`, "m"),
        );
        assert.equal(Deno.statSync(`${scene.path}/kept${fd}`).size, 0);
      }
    },
  },
];

const folders: readonly Attack[] = [
  {
    promise: "S3",
    name: "the current directory was deleted",
    async attack(program) {
      using scene = new Witness();
      const gone = `${scene.path}/gone`;
      const wrapper = after(`mkdir ${gone}; cd ${gone}; rmdir ${gone}`);
      const result = await scene.exec(program, { wrapper });
      assertNotRunOrWitness(scene, result);
    },
  },
  {
    promise: "S3",
    name:
      "the current directory was deleted, and all that is named is relative",
    async attack(program) {
      using scene = new Witness();
      const gone = `${scene.path}/gone`;
      const result = await run(
        program,
        ["exec", "-c", "../jacamar.toml", "--stage", "x", "--", "../driver"],
        { wrapper: after(`mkdir ${gone}; cd ${gone}; rmdir ${gone}`) },
      );
      assertNotRun(scene, result);
    },
  },
  {
    promise: "S3",
    name: "the current directory is another one by the same name",
    async attack(program) {
      using scene = new Witness();
      const place = `${scene.path}/place`;
      // Who asked for its name would get one that is somebody else's by now.
      const swap =
        `mkdir ${place} ${place}2; cd ${place}; mv ${place} ${place}1; mv ${place}2 ${place}`;
      scene.file("driver.sh", Deno.readTextFileSync(scene.driver), 0o755);
      const result = await scene.exec(program, { wrapper: after(swap) });
      assertWitness(scene, result);
      assert.equal(scene.read("directory"), `${place}1\n`);
    },
  },
  {
    promise: "S3",
    name: "the current directory may neither be read nor searched",
    missing: isRoot ? needs("setpriv") : undefined,
    async attack(program) {
      using scene = new Witness();
      const barred = `${scene.path}/barred`;
      Deno.mkdirSync(barred, { mode: 0o700 });
      const ordinary = isRoot
        ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        : [];
      if (isRoot) Deno.chownSync(scene.path, 65534, 65534);
      const result = await scene.exec(program, {
        wrapper: [
          ...after(`cd ${barred}; chmod 0 ${barred}`),
          ...ordinary,
        ],
      });
      Deno.chmodSync(barred, 0o700);
      // deno run has no cache that another user may use.
      if (isRoot && program !== compiled) assertNotRun(scene, result);
      else assertNotRunOrWitness(scene, result);
    },
  },
  {
    promise: "S3",
    name:
      "the current directory's path is longer than the kernel takes at once",
    async attack(program) {
      using scene = new Witness();
      const name = "d".repeat(200);
      const deep =
        `i=0; while [ $i -lt 25 ]; do mkdir ${name}; cd ${name}; i=$((i+1)); done`;
      const result = await scene.exec(program, {
        cwd: scene.path,
        wrapper: after(deep),
      });
      assertNotRunOrWitness(scene, result);
    },
  },
  {
    promise: "S3",
    name: "a current directory whose name is not UTF-8, or has a newline",
    async attack(program) {
      for (
        const name of [
          "$(printf '\\377\\376')",
          "$(printf 'a\\nb')",
          "'a b%2e'",
        ]
      ) {
        using scene = new Witness();
        const result = await scene.exec(program, {
          cwd: scene.path,
          wrapper: after(`n=${name}; mkdir "$n"; cd "$n"`),
        });
        assertNotRunOrWitness(scene, result);
      }
    },
  },
  {
    promise: "S3",
    name: "a relative configuration is that of the current directory",
    async attack(program) {
      using scene = new Witness();
      scene.file("other.toml", "[auth.seccomp]\nno_such_key = 1\n");
      for (
        const [file, works] of [["jacamar.toml", true], [
          "other.toml",
          false,
        ]] as const
      ) {
        const result = await run(
          program,
          ["exec", "-u", "-c", file, "--stage", "x", "--", "./driver"],
          {
            cwd: scene.path,
            env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
          },
        );
        if (works) assertWitness(scene, result);
        scene.clear();
        if (!works) assertClosed(scene, result, /no_such_key/);
      }
    },
  },
];

export const descriptorAttacks: readonly Attack[] = [
  ...descriptors,
  ...folders,
];
