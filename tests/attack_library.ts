/** Attacks on promise F1: a libseccomp that is not as it should be. */
import type { Attack } from "./attack.ts";
import { assertClosed } from "./attack.ts";
import { assertWitness, needs, PATIENTLY, Witness } from "./attack_witness.ts";
import { isRoot, type Scratch } from "./program.ts";

/** The functions that `exec` cannot do without, with what they return. */
const FUNCTIONS = [
  "seccomp_version",
  "seccomp_api_get",
  "seccomp_init",
  "seccomp_reset",
  "seccomp_release",
  "seccomp_load",
  "seccomp_attr_get",
  "seccomp_attr_set",
  "seccomp_syscall_resolve_name_arch",
  "seccomp_syscall_resolve_num_arch",
  "seccomp_rule_add_array",
  "seccomp_rule_add_exact_array",
  "seccomp_syscall_priority",
  "seccomp_arch_exist",
  "seccomp_arch_add",
  "seccomp_arch_remove",
  "seccomp_merge",
  "seccomp_export_bpf",
  "seccomp_export_pfc",
  "seccomp_api_set",
  "seccomp_notify_fd",
];

/**
 * A library that hands every call on to the real one; `without` is left out,
 * and `instead` is C code at the beginning of functions.
 */
export function library(
  { without = "", instead = {} }: {
    readonly without?: string;
    readonly instead?: Readonly<Record<string, string>>;
  },
): string {
  const functions = FUNCTIONS.filter((name) => name !== without).map((name) => `
long ${name}(long a, long b, long c, long d, long e) {
  ${instead[name] ?? ""}
  long (*real)(long, long, long, long, long) = dlsym(library(), "${name}");
  return real(a, b, c, d, e);
}`);
  return `#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *library(void) { return dlopen(REAL, RTLD_NOW | RTLD_LOCAL); }
static long put(int fd, const void *program, long size) {
  return write(fd, program, size) == size ? 0 : -125;
}
static const unsigned old[] = {2, 4, 4}, new[] = {3, 0, 0};
${functions.join("\n")}
`;
}

/** Compiles a library to `libseccomp.so.2` in a folder. */
export function gcc(scene: Scratch, source: string): void {
  scene.file("library.c", source);
  const command = (...args: readonly string[]) =>
    new Deno.Command("gcc", { args: [...args], stderr: "piped" }).outputSync();
  const { stdout } = command("-print-file-name=libseccomp.so.2");
  const real = new TextDecoder().decode(stdout).trim();
  const { success, stderr } = command(
    ...["-w", "-shared", "-fPIC", `-DREAL="${real}"`],
    ...["-o", `${scene.path}/libseccomp.so.2`, `${scene.path}/library.c`],
    "-ldl",
  );
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Why there can be no such library, if there can be none. */
export const noLibrary = needs("gcc") ?? noRealLibrary();

function noRealLibrary(): string | undefined {
  const { stdout } = new Deno.Command("gcc", {
    args: ["-print-file-name=libseccomp.so.2"],
  }).outputSync();
  // gcc prints the bare name of what it does not find.
  return new TextDecoder().decode(stdout).startsWith("/")
    ? undefined
    : "needs libseccomp.so.2 where gcc finds it";
}

interface Fault {
  readonly name: string;
  readonly without?: string;
  readonly instead?: Readonly<Record<string, string>>;
  /** What is said of it; left out where the process may end by a signal. */
  readonly says?: RegExp;
}

/** Functions that fail: `-12` is ENOMEM. */
function fails(name: string, returns: string, says?: RegExp): Fault {
  return {
    name: `${name} returns ${returns}`,
    instead: { [name]: `return ${returns};` },
    says,
  };
}

/** Export that writes a program of its own and says that all is well. */
function exports(name: string, body: string): Fault {
  return {
    name: `it exports ${name}`,
    instead: { seccomp_export_bpf: body },
    says: /unable to establish seccomp filter/,
  };
}

/** One instruction as C has it: code, jt, jf, k. */
const program = (...instructions: readonly string[]) =>
  `static const struct { unsigned short code; unsigned char jt, jf; unsigned k; } p[] = {${
    instructions.map((each) => `{${each}}`).join(",")
  }}; return put(b, p, sizeof p);`;

/** Has the real library write to a file, then changes an instruction of it. */
const changed = (change: string) => `
  long (*export)(long, long) = dlsym(library(), "seccomp_export_bpf");
  struct { unsigned short code; unsigned char jt, jf; unsigned k; } p[4096];
  long returned = export(a, b);
  long size = pread(b, p, sizeof p, 0) / 8;
  for (long i = 0; i < size; i++) { ${change} }
  pwrite(b, p, size * 8, 0);
  return returned;`;

const faults: readonly Fault[] = [
  {
    name: "it is too old",
    instead: { seccomp_version: "return (long)old;" },
    says: /libseccomp 2\.4\.4 is too old: 2\.5\.0 or newer is needed/,
  },
  {
    name: "it does not tell its version",
    instead: { seccomp_version: "return 0;" },
  },
  ...["seccomp_version", "seccomp_init", "seccomp_export_bpf"].map((
    without,
  ): Fault => ({
    name: `it lacks ${without}`,
    without,
    says: new RegExp(`could not open libseccomp\\.so\\.2.*${without}`),
  })),
  fails("seccomp_init", "0", /unable to establish/),
  fails("seccomp_attr_set", "-22", /unable to establish/),
  fails("seccomp_rule_add_array", "-12", /unable to establish/),
  fails("seccomp_rule_add_array", "-14", /unable to establish/),
  fails("seccomp_rule_add_array", "0", /unable to establish/),
  fails("seccomp_syscall_resolve_name_arch", "-1", /unable to establish/),
  fails("seccomp_export_bpf", "-125", /unable to establish/),
  fails("seccomp_export_bpf", "0", /unable to establish/),
  {
    name: "it crashes",
    instead: { seccomp_export_bpf: "abort();" },
  },
  {
    name: "it ends the process as if all were well",
    instead: { seccomp_export_bpf: "exit(0);" },
  },
  exports("a program that allows all", program("6,0,0,0x7fff0000")),
  exports("a program that kills all", program("6,0,0,0x80000000")),
  exports("garbage", 'return put(b, "garbage!", 8);'),
  exports("half an instruction", "return put(b, old, 4);"),
  exports(
    "a program that is too long",
    "char *p = calloc(70000, 8); for (long i = 0; i < 70000; i++) p[8 * i] = 6; return put(b, p, 70000 * 8);",
  ),
  exports(
    "a program that jumps past its end",
    program("0x20,0,0,0", "0x15,200,0,0", "6,0,0,0x7fff0000"),
  ),
  exports(
    "a program that computes with arguments",
    program(
      ...["0x20,0,0,16", "0x04,0,0,1", "0x15,0,1,0"],
      ...["6,0,0,0x00050001", "6,0,0,0x7fff0000"],
    ),
  ),
  exports(
    "a program that reads beyond the call",
    program("0x20,0,0,64", "6,0,0,0x7fff0000"),
  ),
  exports(
    "its program, but allowing what is refused",
    changed("if (p[i].code == 6 && p[i].k >> 16 == 5) p[i].k = 0x7fff0000;"),
  ),
  exports(
    "its program, but with another errno",
    changed("if (p[i].code == 6 && p[i].k >> 16 == 5) p[i].k = 0x00050002;"),
  ),
  exports(
    "its program, but letting other architectures pass",
    changed("if (p[i].code == 6 && p[i].k >> 31) p[i].k = 0x7fff0000;"),
  ),
  exports(
    "its program with a branch turned round",
    changed(
      "if (i == size - 4) { unsigned char t = p[i].jt; p[i].jt = p[i].jf; p[i].jf = t; }" +
        " if (p[i].code == 0x15 && p[i].k < 1000) { p[i].k ^= 1; }",
    ),
  ),
];

const broken = faults.map(({ name, says, ...fault }): Attack => ({
  promise: "F1",
  name: `libseccomp: ${name}`,
  missing: noLibrary,
  async attack(program) {
    using scene = new Witness();
    gcc(scene, library(fault));
    const result = await scene.exec(program, {
      env: { LD_LIBRARY_PATH: scene.path },
      wrapper: PATIENTLY,
    });
    assertClosed(scene, result, says);
  },
}));

export const libraryAttacks: readonly Attack[] = [
  ...broken,
  {
    promise: "F1",
    name: "libseccomp: one that hands on every call, and is newer than all",
    missing: noLibrary,
    async attack(program) {
      using scene = new Witness();
      const instead = { seccomp_version: "return (long)new;" };
      gcc(scene, library({ instead }));
      const result = await scene.exec(program, {
        env: { LD_LIBRARY_PATH: scene.path },
      });
      assertWitness(scene, result);
    },
  },
  {
    promise: "F1",
    name: "libseccomp: it is gone from the machine",
    missing: noMountNamespace(),
    async attack(program) {
      using scene = new Witness();
      const empty = scene.file("empty", "");
      const hide =
        `for f in $(ldconfig -p | sed -n "s/.*libseccomp.so.2 .* => //p"); do mount --bind ${empty} "$(readlink -f "$f")"; done`;
      const result = await scene.exec(program, {
        wrapper: [
          ...["unshare", "-m", "sh", "-c"],
          `PATH=$PATH:/sbin:/usr/sbin; ${hide}; exec "$@"`,
          "sh",
        ],
      });
      assertClosed(
        scene,
        result,
        /could not open libseccomp\.so\.2: .*; it takes libseccomp 2/,
      );
    },
  },
];

/** Why there can be no mounts of one's own, if there can be none. */
export function noMountNamespace(): string | undefined {
  if (!isRoot) return "needs root";
  const missing = needs("unshare", "mount");
  if (missing !== undefined) return missing;
  const { success } = new Deno.Command("unshare", {
    args: ["-m", "mount", "-t", "tmpfs", "none", "/mnt"],
    stderr: "null",
  }).outputSync();
  return success ? undefined : "needs mounts of its own";
}
