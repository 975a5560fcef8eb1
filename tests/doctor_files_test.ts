import assert from "node:assert/strict";
import { gcc, library, noLibrary } from "./attack_library.ts";
import { doctor, follow } from "./doctor.ts";
import {
  baseEnvironment,
  compiled,
  hasCommand,
  isRoot,
  type Program,
  Scratch,
  testEach,
} from "./program.ts";

const NO_ROOT = isRoot ? undefined : "needs root";

testEach("a driver that cannot be executed is a problem", async (program) => {
  using scratch = new Scratch();
  const told = async (driver: string) => {
    const report = await doctor(program, ["--driver", driver]);
    return report.of("driver", "file");
  };
  assert.equal(
    await told("no-such-driver"),
    "problem: there is no driver no-such-driver in PATH",
  );
  assert.match(await told(`${scratch.path}/none`), /^problem: .* not exist$/);
  const plain = scratch.file("plain", "#!/bin/sh\n");
  assert.match(await told(plain), /^problem: .*is not executable$/);
  const script = scratch.file("script", "#!/no/interpreter\n", 0o755);
  assert.match(await told(script), /^problem: .*needs the interpreter/);
  const driver = scratch.file("driver", "#!/bin/sh\n", 0o757);
  const report = await doctor(program, ["--driver", driver]);
  assert.match(report.of("driver", "trust"), /^problem: .*by everybody/);
  follow(report.mend("driver", "trust"));
  const mended = await doctor(program, ["--driver", driver]);
  assert.match(mended.of("driver", "trust"), /^ok: /);
});

testEach(
  "a libseccomp that is too old, torn or others' is a problem, and a new one has no advisories",
  async (program) => {
    const under = (fault: Parameters<typeof library>[0]) => {
      const scratch = new Scratch();
      gcc(scratch, library(fault));
      const file = `${scratch.path}/libseccomp.so.2`;
      const env = { LD_LIBRARY_PATH: scratch.path };
      return {
        file,
        look: () => doctor(program, [], { env }),
        [Symbol.dispose]: () => scratch[Symbol.dispose](),
      };
    };
    using old = under({
      instead: { seccomp_version: "return (long)old;" },
    });
    const tooOld = await old.look();
    assert.match(
      tooOld.of("libseccomp", "version"),
      /^problem: libseccomp 2\.4\.4 is too old/,
    );
    // The rest is looked at all the same.
    assert.match(tooOld.of("privileges", "loading"), /^(ok|warning): /);

    using torn = under({ without: "seccomp_init" });
    const report = await torn.look();
    assert.match(
      report.of("libseccomp", "version"),
      /^problem: could not open libseccomp\.so\.2: .*seccomp_init/,
    );

    using fresh = under({
      instead: { seccomp_version: "return (long)new;" },
    });
    const newest = await fresh.look();
    assert.equal(newest.of("libseccomp", "advisories"), "ok: none is known");
    assert.equal(newest.of("libseccomp", "file"), `ok: ${fresh.file}`);
    Deno.chmodSync(fresh.file, 0o777);
    const theirs = await fresh.look();
    assert.match(theirs.of("libseccomp", "file"), /^problem: .*by everybody/);
  },
  noLibrary,
);

testEach(
  "an executable that gives privileges, or that others can change, is a problem",
  async (program) => {
    using scratch = new Scratch();
    const copy = `${scratch.path}/copy`;
    Deno.copyFileSync(program.command[0], copy);
    const other: Program = { name: "copy", command: [copy] };
    const look = () => doctor(other, [], { env: baseEnvironment(program) });
    Deno.chmodSync(copy, 0o4757);
    follow(`setcap cap_sys_admin+ep ${copy}`);
    const report = await look();
    assert.match(report.of("executable", "file"), /^problem: .*by everybody/);
    assert.match(
      report.of("executable", "gives"),
      /^problem: .* is set-user-ID and has file capabilities: /,
    );
    follow(report.mend("executable", "file"));
    const [commands] = report.mend("executable", "gives").split(";");
    for (const command of commands.split(" && ")) follow(command);
    const mended = await look();
    assert.match(
      mended.of("executable", "file"),
      new RegExp(`^ok: ${copy}, of user 0, mode 0755$`),
    );
    assert.match(mended.of("executable", "gives"), /^ok: /);
  },
  NO_ROOT ?? (hasCommand("setcap") ? undefined : "needs setcap"),
  [compiled],
);
