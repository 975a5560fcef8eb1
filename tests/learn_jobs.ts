/**
 * Real jobs to learn a policy from: each a script of shell, as a driver runs
 * one, which says at its end what it has done.
 *
 * @module
 */
import { hasCommand, type Scratch } from "./program.ts";

/** A job. */
export interface RealJob {
  readonly name: string;
  /** The commands without which it cannot run. */
  readonly needs: readonly string[];
  /** Lays out what it works on; run once, without a filter. */
  readonly prepare: (scratch: Scratch) => Promise<void>;
  /** Run in the scratch folder, by `sh -eu`. */
  readonly script: string;
  /** What it writes to standard output at the end. */
  readonly says: RegExp;
  /** Calls without which it would not be this job. */
  readonly calls: readonly string[];
}

/** Runs a script of shell without a filter. */
async function sh(scratch: Scratch, script: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-euc", script],
    cwd: scratch.path,
    env: { HOME: scratch.path },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const compile: RealJob = {
  name: "a C project built with gcc and make",
  needs: ["gcc", "make"],
  prepare: (scratch) => {
    scratch.file("answer.h", "int answer(void);\n");
    scratch.file(
      "answer.c",
      '#include "answer.h"\nint answer(void) { return 42; }\n',
    );
    scratch.file(
      "main.c",
      '#include <stdio.h>\n#include "answer.h"\nint main(void) { return printf("built %d\\n", answer()) < 0; }\n',
    );
    scratch.file(
      "Makefile",
      "program: main.o answer.o\n\t$(CC) -o $@ $^\n%.o: %.c answer.h\n\t$(CC) -O2 -c -o $@ $<\nclean:\n\trm -f program *.o\n",
    );
    return Promise.resolve();
  },
  script: "make -s clean; make -s -j2; ./program",
  says: /^built 42$/m,
  calls: ["unlink", "pipe2", "wait4"],
};

const clone: RealJob = {
  name: "git clone from a local repository",
  needs: ["git"],
  prepare: (scratch) =>
    sh(
      scratch,
      "git init -q origin; cd origin; echo text >file; git add file; git -c user.name=a -c user.email=a@b commit -qm first",
    ),
  script:
    "rm -rf copy; git clone -q --no-local origin copy; cat copy/file; git -C copy log --format=%s",
  says: /^text\nfirst$/m,
  calls: ["clone", "rename"],
};

const python: RealJob = {
  name: "a Python script",
  needs: ["python3"],
  prepare: (scratch) => {
    scratch.file(
      "script.py",
      `import hashlib, json, os, subprocess, tempfile, threading
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file.json")
    with open(path, "w") as file:
        json.dump({"a": [1, 2, 3]}, file)
    results = []
    thread = threading.Thread(target=lambda: results.append(hashlib.sha256(b"a").hexdigest()[:8]))
    thread.start()
    thread.join()
    out = subprocess.run(["cat", path], capture_output=True, text=True, check=True).stdout
    print("python", json.loads(out)["a"], results[0])
`,
    );
    return Promise.resolve();
  },
  script: "python3 script.py",
  says: /^python \[1, 2, 3\] ca978112$/m,
  calls: ["getrandom", "rmdir"],
};

const install: RealJob = {
  name: "npm ci from a local cache",
  needs: ["npm"],
  prepare: async (scratch) => {
    const packet = { name: "packet", version: "1.0.0", main: "index.js" };
    await sh(scratch, "mkdir packet project");
    scratch.file("packet/package.json", JSON.stringify(packet));
    scratch.file("packet/index.js", 'module.exports = "from the cache";\n');
    const project = {
      ...{ name: "project", version: "1.0.0" },
      dependencies: { packet: "file:../packet-1.0.0.tgz" },
    };
    scratch.file("project/package.json", JSON.stringify(project));
    await sh(
      scratch,
      "npm pack --silent ./packet >/dev/null; cd project; npm install --silent --no-audit --no-fund --cache ../cache --offline",
    );
  },
  script:
    "cd project; npm ci --loglevel=error --no-update-notifier --no-audit --no-fund --cache ../cache --offline; node -p 'require(\"packet\")'",
  says: /^from the cache$/m,
  calls: ["epoll_ctl", "mkdir"],
};

const fork: RealJob = {
  name: "a tree of processes that talk to each other",
  needs: ["perl"],
  prepare: (scratch) => {
    // As an MPI launcher: ranks that are started at once, bound to processors,
    // pass a sum around a ring of sockets, and meet at a barrier in shared memory.
    scratch.file(
      "ranks.pl",
      `use strict; use warnings; use Socket; use IO::Handle;
my $size = 4;
my @ring = map { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die; $_->autoflush(1) for $a, $b; [$a, $b] } 1 .. $size;
my $segment = shmget(0, 4096, 0600 | 01000) // die; # IPC_PRIVATE, IPC_CREAT
for my $rank (0 .. $size - 1) {
  next if fork // die;
  my ($in, $out) = ($ring[$rank][0], $ring[($rank + 1) % $size][1]);
  print $out "0\\n" if $rank == 0;
  chomp(my $sum = <$in>);
  print $out $sum + $rank, "\\n" if $rank > 0;
  shmwrite($segment, "sum $sum", 0, 8) or die if $rank == 0;
  exec "/bin/true" if $rank == 1;
  exit 0;
}
1 while wait != -1;
shmread($segment, my $text, 0, 8) or die;
shmctl($segment, 0, 0); # IPC_RMID
print "$text\\n";
`,
    );
    return Promise.resolve();
  },
  script: "perl ranks.pl",
  says: /^sum 6/m,
  calls: ["socketpair", "shmget", "shmat", "wait4"],
};

/** Whether sh has to wait for one of them depends on which ends first. */
const wait: RealJob = {
  name: "processes that are waited for, if they are not done",
  needs: [],
  prepare: (scratch) => {
    scratch.file("first", "0.01");
    scratch.file("second", "0.2");
    return Promise.resolve();
  },
  // The next run has it the other way round.
  script:
    'sleep "$(cat first)" & sleep "$(cat second)"; wait; mv first other; mv second first; mv other second; echo waited',
  says: /^waited$/m,
  calls: ["wait4"],
};

/** All of them. */
export const JOBS: readonly RealJob[] = [
  ...[compile, clone, python, install, fork, wait],
];

/** Why a job cannot run here, if it cannot. */
export function missingFor({ needs }: RealJob): string | undefined {
  const missing = needs.filter((command) => !hasCommand(command));
  return missing.length === 0 ? undefined : `there is no ${missing.join(", ")}`;
}
