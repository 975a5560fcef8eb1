/** Attacks on promise F4: a driver that cannot be executed after all. */
import assert from "node:assert/strict";
import { assertClosed, type Attack, SYSTEM_FAILURE } from "./attack.ts";
import { noMountNamespace } from "./attack_library.ts";
import { assertNotRun, needs, PATIENTLY, Witness } from "./attack_witness.ts";
import { start } from "./program.ts";

/** ELF programs that no check but the kernel's own finds fault with. */
const ELF: Readonly<Record<string, (header: Uint8Array) => Uint8Array>> = {
  "of another machine": (elf) => {
    elf.set([0xff, 0xff], 18); // e_machine of elf(5)
    return elf;
  },
  "of which the end is missing": (elf) => elf.subarray(0, 100),
  "that has nothing but its first four bytes": (elf) => elf.subarray(0, 4),
};

const elves = Object.entries(ELF).map(([what, spoil]): Attack => ({
  promise: "F4",
  name: `the driver is an ELF program ${what}`,
  async attack(program) {
    using scene = new Witness();
    scene.file("driver", spoil(Deno.readFileSync("/bin/true")), 0o755);
    const says = /could not execute the driver|could not be executed/;
    assertClosed(scene, await scene.exec(program), says);
  },
}));

/** What a driver becomes while a plugin has the floor, after all checks. */
const CHANGES: Readonly<Record<string, (file: string) => void>> = {
  "is removed": (file) => Deno.removeSync(file),
  "may not be executed any more": (file) => Deno.chmodSync(file, 0o644),
  "becomes a folder": (file) => {
    Deno.removeSync(file);
    Deno.mkdirSync(file);
  },
  "becomes a link to nowhere": (file) => {
    Deno.removeSync(file);
    Deno.symlinkSync("/absent", file);
  },
  "becomes a script without its interpreter": (file) =>
    Deno.writeTextFileSync(file, "#!/absent\n"),
  "is emptied": (file) => Deno.writeTextFileSync(file, ""),
};

/**
 * Says that it has the floor, and then more than a pipe takes: it returns when
 * that is read.
 */
const WAITING = `
export function seccompExpansion() {
  console.error("ready");
  console.error("x".repeat(1 << 20));
}`;

const changes = Object.entries(CHANGES).map(([what, change]): Attack => ({
  promise: "F4",
  name: `the driver ${what} after it was checked`,
  async attack(program) {
    using scene = new Witness();
    scene.plugin(WAITING, 'plugin_timeout = "10m"\n');
    const child = start(program, [
      ...["exec", "-u", "-c", `${scene.path}/jacamar.toml`, "--stage", "x"],
      ...["--", scene.driver],
    ], { env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` } });
    await child.stdin.close();
    const reader = child.stderr.getReader();
    const said = await reader.read();
    reader.releaseLock();
    const decode = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
    assert.match(decode(said.value), /^ready$/m);
    change(scene.driver);
    const { code, signal, stdout, stderr } = await child.output();
    const rest = { stdout: decode(stdout), stderr: decode(stderr) };
    const result = { code, signal, ...rest };
    assertClosed(scene, result, /could not execute the driver/);
  },
}));

/** What execve(2) may answer. */
const ERRORS = [
  ...["E2BIG", "EACCES", "EAGAIN", "EIO", "ELIBBAD", "EMFILE", "ENFILE"],
  ...["ENOEXEC", "ENOMEM", "EPERM", "ETXTBSY"],
];

export const executionAttacks: readonly Attack[] = [
  ...elves,
  ...changes,
  {
    promise: "F4",
    name: "execve answers with one error after the other",
    missing: needs("strace"),
    async attack(program) {
      for (const error of ERRORS) {
        using scene = new Witness();
        const result = await scene.exec(program, {
          wrapper: [
            ...["strace", "-o", "/dev/null", "-e", "trace=execve"],
            // strace does not count the one that starts the program.
            ...["-e", `inject=execve:error=${error}`],
          ],
        });
        assertClosed(scene, result, new RegExp(`could not execute .*${error}`));
      }
    },
  },
  {
    promise: "F4",
    name:
      "execve fails under a filter that refuses to end, to write and to signal",
    missing: needs("strace"),
    async attack(program) {
      for (const calls of ['"exit_group"', '"exit_group", "exit"', '"write"']) {
        using scene = new Witness();
        scene.config(`block_calls = [${calls}]\n`);
        const result = await scene.exec(program, {
          wrapper: [
            ...[
              ...PATIENTLY,
              "strace",
              "-o",
              "/dev/null",
              "-e",
              "trace=execve",
            ],
            ...["-e", "inject=execve:error=ENOENT"],
          ],
        });
        assertNotRun(scene, result);
      }
    },
  },
  {
    promise: "F4",
    name: "the driver is a script that is its own interpreter",
    async attack(program) {
      using scene = new Witness();
      scene.file("driver", `#!${scene.driver}\n`, 0o755);
      assertClosed(scene, await scene.exec(program), /could not execute/);
    },
  },
  {
    promise: "F4",
    name: "the driver is a chain of scripts longer than the kernel follows",
    async attack(program) {
      using scene = new Witness();
      let interpreter = "/bin/sh";
      for (let link = 0; link < 8; link++) {
        interpreter = scene.file(`link${link}`, `#!${interpreter}\n`, 0o755);
      }
      scene.file("driver", `#!${interpreter}\n`, 0o755);
      assertClosed(scene, await scene.exec(program), /could not execute/);
    },
  },
  {
    promise: "F4",
    name: "the driver's interpreter is a folder, or may not be executed",
    async attack(program) {
      for (const interpreter of ["/etc", "/etc/passwd"]) {
        using scene = new Witness();
        scene.file("driver", `#!${interpreter}\n`, 0o755);
        assertClosed(scene, await scene.exec(program));
      }
    },
  },
  {
    promise: "F4",
    name: "the driver lies where nothing may be executed",
    missing: noMountNamespace(),
    async attack(program) {
      using scene = new Witness();
      const mount =
        `mount --bind ${scene.path} ${scene.path} && mount -o remount,bind,noexec ${scene.path} && exec "$@"`;
      const result = await scene.exec(program, {
        wrapper: ["unshare", "-m", "sh", "-c", mount, "sh"],
      });
      assertClosed(scene, result, /not executable|could not execute/);
    },
  },
  {
    promise: "F4",
    name: "the arguments are more than the kernel takes from a script",
    missing: needs("prlimit"),
    async attack(program) {
      using scene = new Witness();
      // A quarter of the stack is for arguments (execve(2)), 128 KiB at least:
      // the interpreter's name and the script's do not fit in any more.
      let isRefused = false;
      for (let spare = 0; spare < 12_000 && !isRefused; spare += 1_500) {
        const env = {
          LONG: "x".repeat(131_072 - 4096),
          FILL: "y".repeat(spare),
        };
        scene.clear();
        const { code, stderr } = await scene.exec(program, {
          env,
          wrapper: ["prlimit", "--stack=524288:524288"],
        });
        isRefused = code !== 5;
        assert.notEqual(code, 0);
        if (isRefused) assert.equal(scene.wasRun, false, stderr);
      }
    },
  },
];
