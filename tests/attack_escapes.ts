/**
 * What a job does to be rid of its filter (J1).
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Attack, Scene } from "./attack.ts";
import { CALLS, needsPerl, needsRoot, USER } from "./attack_users.ts";
import { hasCommand, run } from "./program.ts";

const unless = (command: string) =>
  hasCommand(command) ? undefined : `needs ${command}`;

/** A way to have a folder `made` in the current one; each works without a filter. */
interface Escape {
  readonly name: string;
  readonly missing?: string;
  /** A shell's script. */
  readonly script: string;
}

const perl = (program: string) => `perl -e '${program}'`;

const escapes: readonly Escape[] = [
  {
    name: "execute itself once more, by /proc/self/exe",
    script: "exec /proc/self/exe -c 'mkdir made'",
  },
  {
    name: "have the dynamic loader execute a program",
    script:
      `for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
  if [ -e $loader ]; then exec $loader "$(command -v mkdir)" made; fi
done`,
  },
  {
    name: "execute a copy of a program",
    script: 'cp "$(command -v mkdir)" mkdir && exec ./mkdir made',
  },
  {
    name:
      "leave it to a grandchild in a session of its own, which nobody waits for",
    missing: unless("setsid"),
    script: `mkfifo done
(setsid sh -c '(mkdir made; echo >done) &' &)
read line <done`,
  },
  {
    name: "execute a program that is in memory alone",
    missing: needsPerl,
    script: `${
      perl(`
      my $name = "x";
      my $fd = syscall(${CALLS.memfd_create}, $name, 0);
      open(my $memory, ">&=", $fd) or die;
      open(my $file, "<", $ARGV[0]) or die;
      local $/; print $memory readline($file); $memory->flush;
      exec "/proc/$$/fd/$fd", "made";`)
    } "$(command -v mkdir)"`,
  },
  {
    name: "load a filter that allows everything",
    missing: needsPerl,
    script: perl(`
      my $allow = pack("SCCL", 6, 0, 0, 0x7fff0000);
      my $program = pack("Sx6P", 1, $allow);
      syscall(${CALLS.prctl}, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
      syscall(${CALLS.seccomp}, 1, 0, $program) == 0 or die "seccomp: $!";
      mkdir "made";`),
  },
  {
    name: "turn seccomp off",
    missing: needsPerl,
    script: perl(`
      syscall(${CALLS.prctl}, 22, 0, 0, 0, 0);
      syscall(${CALLS.prctl}, 38, 0, 0, 0, 0);
      mkdir "made";`),
  },
  {
    name: "trace a child, and make another call of a call that is allowed",
    missing: Deno.build.arch === "x86_64"
      ? needsPerl
      : "knows the registers of x86_64 only",
    // ptrace is 101, wait4 61, getppid 110, mkdir 83; PTRACE_TRACEME is 0,
    // PEEKUSER 3, POKEUSER 6, SYSCALL 24; at 120 of struct user is the number of
    // the call. Perl's own waitpid does not tell of a child that stopped.
    script: perl(`
      my $child = fork;
      if (!$child) {
        syscall(101, 0, 0, 0, 0);
        kill STOP => $$;
        my $path = "made";
        syscall(110, $path, 0755);
        exit;
      }
      my $status = pack("L", 0);
      sub stops {
        syscall(61, $child, $status, 0, 0);
        return (unpack("L", $status) & 0xff) == 0x7f;
      }
      stops();
      for (;;) {
        syscall(101, 24, $child, 0, 0);
        last unless stops();
        my $number = pack("Q", 0);
        syscall(101, 3, $child, 120, $number);
        if (unpack("Q", $number) == 110) { syscall(101, 6, $child, 120, 83); }
      }`),
  },
  {
    name: "become another user",
    missing: needsRoot,
    script: `setpriv --reuid=${USER} --regid=${USER} --clear-groups mkdir made`,
  },
  {
    name: "become root of a user namespace of its own",
    missing: namespaceProblem(),
    script: "unshare -Ur mkdir made",
  },
];

function namespaceProblem(): string | undefined {
  if (!hasCommand("unshare")) return "needs unshare";
  const { success } = new Deno.Command("unshare", {
    args: ["-Ur", "true"],
    stderr: "null",
  }).outputSync();
  return success ? undefined : "needs user namespaces";
}

/** Whether the script makes the folder, under a configuration. */
async function makesFolder(
  command: Parameters<typeof run>[0],
  keys: string,
  script: string,
): Promise<boolean> {
  using scene = new Scene();
  const work = `${scene.path}/work`;
  Deno.mkdirSync(work);
  Deno.chmodSync(work, 0o777);
  scene.config(keys);
  const job = scene.file(
    "job",
    `#!/bin/sh\necho started\n${script}\n`,
    0o755,
  );
  const args = ["exec", "-u", "-c", `${scene.path}/jacamar.toml`];
  const { stdout, stderr } = await run(
    command,
    [...args, "--stage", "x", "--", job],
    { cwd: work },
  );
  assert.match(stdout, /^started$/m, stderr);
  try {
    return Deno.statSync(`${work}/made`).isDirectory;
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound, stderr);
    return false;
  }
}

export const escapeAttacks: readonly Attack[] = escapes.map((
  { name, missing, script },
) => ({
  promise: "J1",
  name: `a job tries to ${name}`,
  missing,
  async attack(program) {
    const isReal = await makesFolder(program, "disabled = true\n", script);
    assert.ok(isReal, "it would make no folder without a filter either");
    const blocking = 'block_calls = ["mkdir", "mkdirat"]\n';
    assert.equal(await makesFolder(program, blocking, script), false);
  },
}));
