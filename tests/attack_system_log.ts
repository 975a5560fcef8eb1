/** Attacks on promise F5: a system log that is absent, full or blocking. */
import assert from "node:assert/strict";
import { assertClosed, type Attack } from "./attack.ts";
import { noMountNamespace } from "./attack_library.ts";
import {
  after,
  assertWitness,
  needs,
  PATIENTLY,
  Witness,
} from "./attack_witness.ts";
import { compiled, type Program } from "./program.ts";

const logging = (location: string, level = "debug") =>
  `[auth.logging]\nenabled = true\nlevel = "${level}"\nlocation = "${location}"\n`;

/** How a job may be asked for, with a log that cannot be written. */
const REQUESTS: Readonly<
  Record<string, { readonly keys: string; readonly isRun: boolean }>
> = {
  "a job with a filter is run under it": { keys: "", isRun: true },
  "a failure is told all the same": { keys: "no_such_key = 1\n", isRun: false },
  "a job without a filter is not run": {
    keys: "disabled = true\n",
    isRun: false,
  },
};

/** Asserts for each request what its name says. */
async function tryAll(
  program: Program,
  location: (scene: Witness) => string,
  wrapper: (scene: Witness) => readonly string[] = () => [],
): Promise<void> {
  for (const { keys, isRun } of Object.values(REQUESTS)) {
    using scene = new Witness();
    scene.config(
      (keys.startsWith("disabled")
        ? keys
        : `block_calls = ["mkdir", "mkdirat"]\n${keys}`) +
        logging(location(scene)),
    );
    const result = await scene.exec(program, {
      wrapper: [...PATIENTLY, ...wrapper(scene)],
    });
    if (isRun) assertWitness(scene, result);
    else assertClosed(scene, result, /reference \w+\) \[/);
  }
}

/** What the log's place may be; FOLDER is the scene's. */
const PLACES: Readonly<Record<string, string>> = {
  "a FIFO without a reader": "mkfifo FOLDER/log",
  "a FIFO that is full":
    "mkfifo FOLDER/log; exec 9<>FOLDER/log; dd if=/dev/zero of=FOLDER/log oflag=nonblock bs=4096 count=1000 2>/dev/null",
  "a folder": "mkdir FOLDER/log",
  "a link to itself": "ln -s log FOLDER/log",
  "a full device": "ln -s /dev/full FOLDER/log",
};

const places = Object.entries(PLACES).map(([what, script]): Attack => ({
  promise: "F5",
  name: `the log's place is ${what}`,
  attack: (program) =>
    tryAll(
      program,
      ({ path }) => `${path}/log`,
      ({ path }) => after(script.replaceAll("FOLDER", path)),
    ),
}));

/** Mounts a /dev of one's own, of the scene's folder `dev`. */
const OWN_DEVICES = `
for name in null zero full random urandom tty; do
  : >FOLDER/dev/$name; mount --bind /dev/$name FOLDER/dev/$name
done
mount --rbind FOLDER/dev /dev && exec "$@"`;

/** What may be at /dev/log, as Perl makes it and holds it open. */
const SOCKETS: Readonly<Record<string, string>> = {
  "absent": "",
  "a socket that nobody reads, and that is full": `
    socket(my $log, PF_UNIX, SOCK_DGRAM, 0); bind($log, pack_sockaddr_un($path));
    socket(my $to, PF_UNIX, SOCK_DGRAM, 0); connect($to, pack_sockaddr_un($path));
    fcntl($to, F_SETFL, O_NONBLOCK); 1 while defined send($to, "x" x 1000, 0);
    fcntl($_, F_SETFD, 0) for $log, $to;`,
  "a socket that nobody has any more": `
    socket(my $log, PF_UNIX, SOCK_DGRAM, 0); bind($log, pack_sockaddr_un($path));`,
  "a socket of another type": `
    socket(my $log, PF_UNIX, SOCK_STREAM, 0); bind($log, pack_sockaddr_un($path));
    listen($log, 1); fcntl($log, F_SETFD, 0);`,
  "an ordinary file": `open(my $log, ">", $path);`,
};

const sockets = Object.entries(SOCKETS).map(([what, perl]): Attack => ({
  promise: "F5",
  name: `/dev/log is ${what}`,
  missing: noMountNamespace() ?? needs("perl"),
  attack: (program) =>
    tryAll(program, () => "syslog", ({ path }) => {
      Deno.mkdirSync(`${path}/dev`);
      const make =
        `use Socket; use Fcntl; my $path = "${path}/dev/log"; ${perl} exec @ARGV;`;
      return [
        ...["unshare", "-m", "perl", "-e", make, "sh", "-c"],
        ...[OWN_DEVICES.replaceAll("FOLDER", path), "sh"],
      ];
    }),
}));

export const systemLogAttacks: readonly Attack[] = [
  ...places,
  ...sockets,
  {
    promise: "F5",
    name: "the log's disk is full",
    missing: noMountNamespace(),
    attack: (program) =>
      tryAll(program, ({ path }) => `${path}/disk/log`, ({ path }) => {
        Deno.mkdirSync(`${path}/disk`);
        const fill =
          `mount -t tmpfs -o size=4k none ${path}/disk; : >${path}/disk/log; dd if=/dev/zero of=${path}/disk/fill bs=4k count=2 2>/dev/null; exec "$@"`;
        return ["unshare", "-m", "sh", "-c", fill, "sh"];
      }),
  },
  {
    promise: "F5",
    name: "the log may not grow, and there is no filter to be written either",
    missing: needs("prlimit"),
    async attack(program) {
      using scene = new Witness();
      scene.config(`disabled = true\n${logging(`${scene.path}/log`)}`);
      const result = await scene.exec(program, {
        wrapper: [...PATIENTLY, "prlimit", "--fsize=0:0"],
      });
      // deno run writes to its own cache, and gets SIGXFSZ for that.
      if (program === compiled) {
        assertClosed(scene, result, /could not write to the system log/);
      } else {
        assert.equal(scene.wasRun, false);
        assert.notEqual(result.code, 0);
      }
    },
  },
  {
    promise: "F5",
    name: "a plugin never ends, and the log is full",
    async attack(program) {
      using scene = new Witness();
      scene.plugin(
        "export function seccompExpansion() { for (;;); }\n",
        `plugin_timeout = "200ms"\n${logging(`${scene.path}/log`)}`,
      );
      const script = PLACES["a FIFO that is full"]
        .replaceAll("FOLDER", scene.path);
      const result = await scene.exec(program, {
        wrapper: [...PATIENTLY, ...after(script)],
      });
      assertClosed(scene, result);
    },
  },
];
