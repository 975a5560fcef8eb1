import assert from "node:assert/strict";
import { doctor } from "./doctor.ts";
import {
  compiled,
  hasCommand,
  hasSysAdmin,
  isRoot,
  run,
  Scratch,
  testEach,
} from "./program.ts";

const NO_ROOT = isRoot ? undefined : "needs root";
const NO_SETPRIV = hasCommand("setpriv") ? undefined : "needs setpriv";
const NO_SYS_ADMIN = hasSysAdmin ? NO_SETPRIV : "needs CAP_SYS_ADMIN";

/** As a service that has everything but CAP_SYS_ADMIN. */
const WITHOUT_SYS_ADMIN = ["setpriv", "--bounding-set=-sys_admin"];
const ORDINARY = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
];

testEach("doctor says the same as text and as JSON", async (program) => {
  const { checks, worst, code } = await doctor(program);
  const text = await run(program, ["doctor"]);
  assert.deepEqual([text.code, text.stderr], [code, ""]);
  // A check is a line, its message and mend broken into more.
  const lines = text.stdout.replaceAll(/\n {25}/g, " ").split("\n");
  let section = "";
  const said: string[] = [];
  for (const line of lines) {
    if (/^\w+$/.test(line)) section = line;
    const [, status, name, message] =
      /^ {2}(ok|warning|problem) +(\S+) +(.*)$/.exec(line) ?? [];
    if (status) said.push(`${section} ${status} ${name} ${message}`);
  }
  assert.deepEqual(
    said,
    checks.map(({ section, status, name, message, mend }) =>
      `${section} ${status} ${name} ${message}${
        mend === undefined ? "" : ` mend: ${mend}`
      }`
    ),
  );
  const last = lines.filter((line) => line !== "").at(-1) ?? "";
  if (worst === "ok") assert.equal(last, "all is ok");
  else assert.match(last, /^\d+ problems?, \d+ warnings?, \d+ ok$/);
  for (const { status, mend } of checks) {
    assert.equal(mend === undefined, status === "ok");
  }
});

testEach(
  "the kernel and libseccomp are told of as they are",
  async (program) => {
    const report = await doctor(program);
    assert.match(
      report.of("kernel", "version"),
      new RegExp(`^ok: Linux ${Deno.osRelease()} on ${Deno.build.arch}$`),
    );
    assert.equal(
      report.of("kernel", "filters"),
      "ok: the kernel takes filters",
    );
    assert.match(report.of("libseccomp", "version"), /^ok: libseccomp \d+\.\d/);
    assert.match(report.of("libseccomp", "file"), /^ok: \/.*libseccomp\.so\.2/);
    assert.match(report.of("libseccomp", "api"), /^ok: API level [1-7]/);
    assert.match(report.of("executable", "file"), /^ok: /);
  },
);

testEach(
  "root loads filters without no_new_privs, and a service without CAP_SYS_ADMIN only with it",
  async (program) => {
    const root = await doctor(program);
    assert.match(root.of("privileges", "loading"), /^ok: .* stays off$/);
    const service = await doctor(program, [], { wrapper: WITHOUT_SYS_ADMIN });
    assert.match(
      service.of("privileges", "loading"),
      /^warning: .*only with no_new_privs/,
    );
    assert.match(
      service.mend("privileges", "loading"),
      /AmbientCapabilities=/,
    );
    assert.doesNotMatch(
      service.of("privileges", "capabilities"),
      /CAP_SYS_ADMIN/,
    );
    using scratch = new Scratch();
    const config = scratch.config("no_new_privs = false\n");
    const refused = await doctor(program, ["-c", config], {
      wrapper: WITHOUT_SYS_ADMIN,
    });
    assert.match(refused.of("privileges", "loading"), /^problem: /);
  },
  NO_ROOT ?? NO_SYS_ADMIN,
);

// `deno run` has no cache that another user may use; the executable needs none.
testEach(
  "an ordinary user is told of the own ids and of files that cannot be read",
  async (program) => {
    using scratch = new Scratch();
    const driver = scratch.file("driver", "", 0o711);
    Deno.copyFileSync("/bin/true", driver);
    Deno.chmodSync(driver, 0o711);
    const report = await doctor(program, ["--driver", driver], {
      wrapper: ORDINARY,
    });
    assert.equal(report.of("privileges", "user"), "ok: uid 65534, gid 65534");
    assert.match(report.of("privileges", "capabilities"), /^ok: none of/);
    assert.match(report.of("privileges", "loading"), /^warning: /);
    assert.match(report.of("driver", "file"), /^ok: .* can be executed$/);
    assert.match(report.of("driver", "trust"), /^warning: .*cannot be told/);
  },
  NO_ROOT ?? NO_SETPRIV,
  [compiled],
);

testEach(
  "no_new_privs that is on already is told, and what a set-user-ID driver loses by it",
  async (program) => {
    using scratch = new Scratch();
    const driver = scratch.file("driver", "#!/bin/sh\n");
    Deno.chmodSync(driver, 0o4755);
    const config = scratch.config("no_new_privs = true\n");
    const wrapper = ["setpriv", "--no-new-privs"];
    const report = await doctor(program, ["--driver", driver], { wrapper });
    assert.match(
      report.of("privileges", "no_new_privs"),
      /^warning: on already/,
    );
    assert.match(report.of("driver", "gets"), /^problem: it is set-user-ID/);
    const asked = await doctor(program, ["-c", config], { wrapper });
    assert.match(asked.of("privileges", "no_new_privs"), /^ok: /);
  },
  NO_SETPRIV,
);

testEach("filters that are on already are counted", async (program) => {
  using scratch = new Scratch();
  const config = scratch.config();
  const under = async (config: string) => {
    const { stdout } = await run(program, [
      ...["exec", "-c", config, "--stage", "x", "--"],
      ...[...program.command, "doctor"],
    ]);
    return stdout;
  };
  const text = await under(config);
  assert.match(text, /warning {2}filters {7}\d+ filters? (is|are) on this/);
  const refusing = scratch.config('block_calls = ["seccomp"]\n');
  const refused = await under(refusing);
  assert.match(
    refused,
    /problem {2}filters {7}seccomp\(2\) is refused \(EPERM\)/,
  );
  assert.match(refused, /problem {2}loading {7}no filter could be loaded/);
});

testEach("a command line that is not understood is 2", async (program) => {
  const { code, stdout } = await run(program, ["doctor", "--drivr", "x"]);
  assert.deepEqual([code, stdout], [2, ""]);
});
