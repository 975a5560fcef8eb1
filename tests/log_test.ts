import assert from "node:assert/strict";
import type { Finding } from "../src/policy/finding.ts";
import {
  hasCommand,
  isRoot,
  type Program,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const SOCKET = "/dev/log";

/** What the job log shows of a failure, and what the system log. */
async function fail(
  program: Program,
  scratch: Scratch,
  logging: string,
  ...flags: string[]
) {
  scratch.file(
    "plugin.ts",
    `import { getSyscallFromName } from "jacamar-seccomp";
export const seccompExpansion = () => { getSyscallFromName("mkdirs"); };`,
  );
  const config = scratch.config(
    `validation_plugin = "plugin.ts"\n[auth.logging]\n${logging}\n`,
  );
  const args = ["exec", ...flags, "-c", config, "--", "true", "prepare"];
  const { code, stdout, stderr } = await run(program, args);
  assert.deepEqual([code, stdout], [2, ""]);
  return {
    stderr,
    config,
    reference: /reference ([0-9a-f]{12})/.exec(stderr)?.[1],
  };
}

testEach(
  "the job log has a reference, the system log the whole story",
  async (program) => {
    using scratch = new Scratch();
    const log = scratch.file("system.log", "earlier record\n");
    const { stderr, config, reference } = await fail(
      program,
      scratch,
      `enabled = true\nlocation = "${log}"`,
    );
    assert.equal(
      stderr,
      "jacamar-seccomp: system error, the job was not run; " +
        `the system log tells your administrator why (reference ${reference})\n`,
    );
    const [earlier, line, end] = Deno.readTextFileSync(log).split("\n");
    assert.deepEqual([earlier, end], ["earlier record", ""]);
    const { time, place, ...record } = JSON.parse(line);
    assert.deepEqual(record, {
      level: "error",
      msg:
        "unable to establish seccomp filter: plugin error: could not resolve name to syscall: 'mkdirs'",
      stage: "prepare_exec",
      configuration: config,
      driver: "true",
      plugin: `${scratch.path}/plugin.ts`,
      reference,
    });
    assert.match(place, /\/plugin\.ts:2:\d+$/);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  },
);

testEach(
  "a log file that is made is for its owner's eyes only",
  async (program) => {
    using scratch = new Scratch();
    const log = `${scratch.path}/system.log`;
    await fail(program, scratch, `enabled = true\nlocation = "${log}"`);
    assert.equal((Deno.statSync(log).mode ?? 0) & 0o777, 0o600);
  },
);

testEach(
  "a log is written in a folder as /var/log is, through links of its owner's, and where others may read and write it",
  async (program) => {
    using scratch = new Scratch();
    const { path } = scratch;
    Deno.mkdirSync(`${path}/log`);
    Deno.chmodSync(`${path}/log`, 0o2755);
    Deno.mkdirSync(`${path}/tmp`);
    Deno.chmodSync(`${path}/tmp`, 0o1777);
    Deno.symlinkSync("log/there", `${path}/link`);
    scratch.file("log/there", "", 0o666);
    scratch.file("tmp/there", "", 0o640);
    Deno.symlinkSync("tmp/new", `${path}/dangling`);
    const files = {
      "log/new": "log/new",
      "log/there": "log/there",
      link: "log/there",
      "tmp/there": "tmp/there",
      dangling: "tmp/new",
      "log/../log/./there": "log/there",
    };
    for (const [location, file] of Object.entries(files)) {
      const { reference } = await fail(
        program,
        scratch,
        `enabled = true\nlocation = "${path}/${location}"`,
      );
      assert.ok(reference);
      assert.match(
        Deno.readTextFileSync(`${path}/${file}`),
        new RegExp(reference),
        location,
      );
    }
  },
);

testEach(
  "a log that many launches make at once has the records of all",
  async (program) => {
    using scratch = new Scratch();
    const log = `${scratch.path}/system.log`;
    const config = scratch.config(
      `no_key = 1\n[auth.logging]\nenabled = true\nlocation = "${log}"\n`,
    );
    const told = await Promise.all(
      Array.from(
        { length: 8 },
        () => run(program, ["exec", "-c", config, "--", "true", "prepare"]),
      ),
    );
    const text = Deno.readTextFileSync(log);
    for (const { stderr } of told) {
      const reference = /reference ([0-9a-f]{12})/.exec(stderr)?.[1];
      assert.ok(text.includes(`"reference":"${reference}"`), stderr);
    }
  },
);

testEach("-u tells the job log too", async (program) => {
  using scratch = new Scratch();
  const log = `${scratch.path}/system.log`;
  const { stderr } = await fail(
    program,
    scratch,
    `enabled = true\nlocation = "${log}"`,
    "-u",
  );
  assert.match(
    stderr,
    /plugin error: could not resolve name to syscall: 'mkdirs' \(reference /,
  );
  assert.match(Deno.readTextFileSync(log), /mkdirs/);
});

testEach(
  "a log that cannot be written hides nothing and lets nothing pass",
  async (program) => {
    using scratch = new Scratch();
    for (const location of ["/absent/system.log", scratch.path, "/dev/full"]) {
      const logging = `enabled = true\nlocation = "${location}"`;
      const { stderr } = await fail(program, scratch, logging);
      assert.match(stderr, /; the system log has no record of it \(reference /);
      const told = await fail(program, scratch, logging, "-u");
      assert.match(
        told.stderr,
        /'mkdirs' \(reference \w+\) \[could not (?:open|write to) the system log/,
      );
    }
  },
);

testEach(
  "what is wrong with the configuration is told where it says",
  async (program) => {
    using scratch = new Scratch();
    const log = `${scratch.path}/system.log`;
    const config = scratch.config(
      `block_call = []\n[auth.logging]\nenabled = true\nlocation = "${log}"\n`,
    );
    const args = ["exec", "-c", config, "--", "true", "prepare"];
    const { code, stderr } = await run(program, args);
    assert.equal(code, 2);
    assert.match(stderr, /the system log tells your administrator why/);
    assert.match(
      JSON.parse(Deno.readTextFileSync(log)).msg,
      /unknown key "block_call"/,
    );
  },
);

testEach(
  "a FIFO that nobody reads does not hold the job up",
  async (program) => {
    using scratch = new Scratch();
    const fifo = `${scratch.path}/fifo`;
    assert.ok(
      new Deno.Command("mkfifo", { args: [fifo] }).outputSync().success,
    );
    const { stderr } = await fail(
      program,
      scratch,
      `enabled = true\nlocation = "${fifo}"`,
      "-u",
    );
    assert.match(stderr, /could not open the system log .*ENXIO/);
  },
);

testEach(
  "what check warns of and known faults of the library are in the system log",
  async (program) => {
    using scratch = new Scratch();
    const log = scratch.file("system.log", "");
    const logged = async (level: string) => {
      const config = scratch.config(
        `block_calls = ["clone3"]\n[auth.logging]\nenabled = true\nlevel = "${level}"\nlocation = "${log}"\n`,
      );
      await run(program, ["exec", "-c", config, "--", "true", "prepare"]);
      const lines = Deno.readTextFileSync(log).trim().split("\n");
      Deno.writeTextFileSync(log, "");
      return lines.map((line) => JSON.parse(line))
        .map(({ level, msg }) => `${level}: ${msg}`);
    };
    const checked = await run(
      program,
      ["check", "-c", scratch.config(), "--stage", "x", "--json"],
    );
    const { stages: [{ findings }] } = JSON.parse(checked.stdout);
    const advisories = findings.map((
      { severity, message, isAdvisory }: Finding,
    ) => {
      assert.deepEqual([severity, isAdvisory], ["notice", true]);
      return `warn: ${message}`;
    });
    const [warning, ...others] = await logged("warn");
    assert.match(warning, /^warn: clone3 is refused with ActErrno\(EPERM\)/);
    assert.deepEqual(others, advisories);
    assert.deepEqual(
      (await logged("debug")).filter((line) => !line.startsWith("debug: ")),
      [warning, ...advisories],
    );
  },
);

testEach("the level decides which records are written", async (program) => {
  using scratch = new Scratch();
  const log = `${scratch.path}/system.log`;
  const config = scratch.config(
    `disabled = true\n[auth.logging]\nenabled = true\nlevel = "error"\nlocation = "${log}"\n`,
  );
  await run(program, ["exec", "-c", config, "--", "true", "prepare"]);
  assert.equal(Deno.readTextFileSync(log), "");
});

testEach(
  "syslog gets one datagram with priority, tag, pid and the record",
  async (program) => {
    using scratch = new Scratch();
    // Debian's perl comes with sockets; what it receives it prints.
    const server = new Deno.Command("perl", {
      args: ["-MSocket", "-e", SYSLOG_SERVER, SOCKET],
      stdout: "piped",
    }).spawn();
    try {
      const reader = server.stdout.pipeThrough(new TextDecoderStream())
        .getReader();
      assert.equal((await reader.read()).value, "ready\n");
      const { reference } = await fail(
        program,
        scratch,
        'enabled = true\nlocation = "syslog"',
      );
      assert.ok(reference !== undefined, "no reference");
      // Whatever else fails on this machine is told there, too.
      let told = "";
      while (!told.includes(reference)) {
        const { value } = await reader.read();
        assert.ok(value !== undefined, `not told: ${told}`);
        told += value;
      }
      const line = told.split("\n").find((each) => each.includes(reference));
      const parts =
        /^<(\d+)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d jacamar-seccomp\[\d+\]: (\{.*\})$/
          .exec(line ?? "");
      assert.equal(parts?.[1], "27");
      assert.equal(JSON.parse(parts?.[2] ?? "{}").reference, reference);
      await reader.cancel();
    } finally {
      server.kill();
      await server.status;
      Deno.removeSync(SOCKET);
    }
  },
  syslogProblem(),
);

const SYSLOG_SERVER = `
  $| = 1;
  alarm 300;
  socket(my $log, PF_UNIX, SOCK_DGRAM, 0) or die;
  bind($log, pack_sockaddr_un($ARGV[0])) or die;
  print "ready\\n";
  my $datagram;
  print "$datagram\\n" while defined recv($log, $datagram, 65536, 0);
`;

function syslogProblem(): string | undefined {
  if (!isRoot) return "needs root";
  if (!hasCommand("perl")) return "needs perl";
  try {
    Deno.lstatSync(SOCKET);
    return `there is a real ${SOCKET}`;
  } catch {
    return undefined;
  }
}
