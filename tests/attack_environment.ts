/** Attacks on promise S1: variables that mean something to somebody. */
import assert from "node:assert/strict";
import { assertClosed, type Attack, SYSTEM_FAILURE } from "./attack.ts";
import {
  after,
  assertNotRun,
  assertNotRunOrWitness,
  assertWitness,
  needs,
  Witness,
} from "./attack_witness.ts";
import { compiled, type Program, run, type RunOptions } from "./program.ts";

/** Variables that must change nothing, by whom they mean something to. */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Deno's runtime": {
    DENO_AUTH_TOKENS: "a@b",
    DENO_CACHE_DB_MODE: "x",
    DENO_CACHE_LSC_ENDPOINT: "http://127.0.0.1:1",
    DENO_CERT: "/absent/certificate",
    DENO_COMPAT: "1",
    DENO_DESKTOP_INSPECT_BRK: "1",
    DENO_JOBS: "none",
    DENO_KV_DB_MODE: "x",
    DENO_NO_PROMPT: "",
    DENO_SERVE_ADDRESS: "tcp:0.0.0.0:1",
    DENO_TLS_CA_STORE: "none",
    DENO_TRACE_PERMISSIONS: "1",
    DENO_UNSTABLE_FFI_TRACE_TURBO: "1",
    TOKIO_WORKER_THREADS: "0",
  },
  "Node": {
    NODE_DEBUG: "fs,net",
    NODE_DISABLE_COLORS: "1",
    NODE_EXTRA_CA_CERTS: "/absent/certificate",
    NODE_ICU_DATA: "/absent",
    NODE_OPTIONS: "--require=/absent/module.js",
    NODE_PENDING_DEPRECATION: "1",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    NODE_UNIQUE_ID: "1",
    NODE_USE_ENV_PROXY: "1",
    NODE_V8_COVERAGE: "HERE/coverage",
  },
  "OpenTelemetry": {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_SERVICE_NAME: "x",
    OTEL_TRACES_SAMPLER: "always_on",
  },
  "Rust": {
    RUST_BACKTRACE: "full",
    RUST_LIB_BACKTRACE: "1",
    RUST_LOG: "trace",
    RUST_MIN_STACK: "1",
  },
  "C's library": {
    GLIBC_TUNABLES: "glibc.malloc.check=3:glibc.malloc.perturb=7",
    LANG: "xx_XX.UTF-9",
    LC_ALL: "tr_TR.ISO-8859-9",
    LD_BIND_NOW: "1",
    LD_LIBRARY_PATH: "/absent:HERE",
    LOCPATH: "HERE",
    MALLOC_ARENA_MAX: "0",
    MALLOC_CHECK_: "3",
    MALLOC_PERTURB_: "165",
    MALLOC_TRIM_THRESHOLD_: "0",
    RES_OPTIONS: "debug",
    TZ: ":/absent",
    TZDIR: "HERE",
  },
  "whoever looks for folders": {
    HOME: "/absent",
    PWD: "/absent",
    TMPDIR: "HERE",
    TEMP: "HERE",
    TMP: "/absent",
    XDG_CACHE_HOME: "HERE",
    XDG_CONFIG_HOME: "HERE",
    XDG_RUNTIME_DIR: "HERE",
  },
  "whoever shows things": {
    CLICOLOR_FORCE: "1",
    COLORTERM: "truecolor",
    COLUMNS: "-1",
    FORCE_COLOR: "3",
    NO_COLOR: "1",
    TERM: "\x1b[31m",
  },
};

/** Asserts that the driver was run, filtered, and with every variable as it was. */
async function assertPassedOn(
  program: Program,
  scene: Witness,
  options: RunOptions,
): Promise<void> {
  await scene.bare(options);
  const bare = scene.read("environ");
  scene.clear();
  assertWitness(scene, await scene.exec(program, options));
  assert.deepEqual(entries(scene.read("environ")), entries(bare));
}

/** The variables; where the cache is, a source tree alone is told. */
function entries(environ: string): readonly string[] {
  return environ.split("\0").filter((entry) =>
    !/^(?:DENO_DIR|HOME)=/.test(entry)
  );
}

/** All files of a scene. */
function files(scene: Witness): string[] {
  return Array.from(Deno.readDirSync(scene.path), ({ name }) => name).sort();
}

const families = Object.entries(FAMILIES).map(([whose, variables]): Attack => ({
  promise: "S1",
  name: `variables of ${whose} change nothing, and make no file`,
  async attack(program) {
    using scene = new Witness();
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) =>
        [name, value.replaceAll("HERE", scene.path)] as const
      ).filter(([name]) =>
        // It finds its cache by it.
        program === compiled || name !== "HOME" && name !== "XDG_CACHE_HOME"
      ),
    );
    await assertPassedOn(program, scene, { env });
    scene.clear();
    assert.deepEqual(files(scene), ["driver", "jacamar.toml"]);
  },
}));

/**
 * Variables that `deno run` heeds, and the executable does not; they end the
 * former with a code of its own.
 */
const DENO_RUN: Readonly<Record<string, string>> = {
  // Not one that it could make.
  DENO_DIR: "/dev/null/cache",
  DENO_EMIT_CACHE_MODE: "none",
  DENO_PERMISSION_BROKER_PATH: "/absent/broker",
  DENO_TOKIO_MAX_IO_EVENTS_PER_TICK: "0",
  DENO_V8_FLAGS: "--no-such-flag",
  OTEL_DENO: "maybe",
};

function search(
  name: string,
  driver: (scene: Witness) => { readonly path: string; readonly cwd?: string },
  isFound: boolean,
): Attack {
  return {
    promise: "S1",
    name: `PATH ${name}`,
    async attack(program) {
      using scene = new Witness();
      const { path, cwd } = driver(scene);
      const result = await run(
        program,
        [
          ...["exec", "-u", "-c", `${scene.path}/jacamar.toml`, "--stage", "x"],
          ...["--", "driver"],
        ],
        {
          cwd,
          env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
          wrapper: after(`PATH='${path}'; export PATH`),
        },
      );
      // deno run puts a folder of its own into an empty PATH.
      if (program !== compiled && path === "") {
        assertNotRunOrWitness(scene, result);
      } else if (isFound) assertWitness(scene, result);
      else assertClosed(scene, result, /unable to start the driver: /);
    },
  };
}

export const environmentAttacks: readonly Attack[] = [
  ...families,
  {
    promise: "S1",
    name: "variables that only deno run heeds end it, or change nothing",
    async attack(program) {
      for (const [name, value] of Object.entries(DENO_RUN)) {
        using scene = new Witness();
        const options = { env: { [name]: value } };
        if (program === compiled) {
          await assertPassedOn(program, scene, options);
        } else {
          assertNotRunOrWitness(scene, await scene.exec(program, options));
        }
      }
    },
  },
  {
    promise: "S1",
    name: "what Deno tells its own children names no program, and is gone",
    async attack(program) {
      using scene = new Witness();
      scene.file("entry.js", "Deno.exit(0);");
      const env = {
        DENO_INTERNAL_CHILD_ENTRYPOINT: `file://${scene.path}/entry.js`,
      };
      assertWitness(scene, await scene.exec(program, { env }));
    },
  },
  {
    promise: "S1",
    name: "NODE_CHANNEL_FD that is no channel ends it",
    async attack(program) {
      for (const descriptor of ["0", "9", "99999", "x"]) {
        using scene = new Witness();
        const result = await scene.exec(program, {
          env: { NODE_CHANNEL_FD: descriptor },
        });
        assertNotRunOrWitness(scene, result);
      }
    },
  },
  {
    promise: "S1",
    name: "NODE_CHANNEL_FD that is a channel lets nobody in",
    missing: needs("perl"),
    async attack(program) {
      using scene = new Witness();
      const result = await scene.exec(program, {
        wrapper: ["perl", "-MSocket", "-MFcntl", "-e", CHANNEL],
      });
      assertWitness(scene, result);
      assert.match(scene.read("descriptors"), /socket:/);
    },
  },
  {
    promise: "S1",
    name: "a library to preload that does not exist changes nothing",
    async attack(program) {
      using scene = new Witness();
      await assertPassedOn(program, scene, {
        env: { LD_PRELOAD: "/absent/libevil.so" },
      });
    },
  },
  {
    promise: "S1",
    name: "twenty thousand variables are passed on",
    async attack(program) {
      using scene = new Witness();
      const env = Object.fromEntries(
        Array.from({ length: 20_000 }, (_, n) => [`VARIABLE_${n}`, `${n}`]),
      );
      await assertPassedOn(program, scene, { env });
    },
  },
  {
    promise: "S1",
    name: "a variable as long as the kernel takes is passed on",
    async attack(program) {
      using scene = new Witness();
      // MAX_ARG_STRLEN is 32 pages, with the name and what ends it.
      const env = { LONG: "x".repeat(32 * 4096 - "LONG=".length - 1) };
      await assertPassedOn(program, scene, { env });
    },
  },
  {
    promise: "S1",
    name: "names and values of odd bytes are passed on",
    async attack(program) {
      using scene = new Witness();
      const odd = [
        "env",
        "A B=C",
        "line\nfeed=\n",
        "BASH_FUNC_x%%=() { :; }",
        "é=é",
        "-u=1",
        "0=1",
      ];
      const bytes = 'exec env "$(printf "N\\377=\\376\\300\\200")" "$@"';
      await assertPassedOn(program, scene, {
        wrapper: ["sh", "-c", bytes, "sh", ...odd],
      });
    },
  },
  {
    promise: "S1",
    name: "a name twice, an empty one and entries without = are passed on",
    missing: Deno.build.arch === "x86_64"
      ? needs("perl")
      : "knows execve's number on x86_64 only",
    async attack(program) {
      using scene = new Witness();
      await assertPassedOn(program, scene, {
        wrapper: ["perl", "-e", RAW_ENVIRONMENT],
      });
    },
  },
  {
    promise: "S1",
    name: "no environment at all: the driver has none either",
    async attack(program) {
      using scene = new Witness();
      const result = await scene.exec(program, { wrapper: ["env", "-i"] });
      // deno run does not find its cache then.
      if (program !== compiled) return assertNotRunOrWitness(scene, result);
      assertWitness(scene, result);
      assert.equal(scene.read("environ"), "");
    },
  },
  {
    promise: "S1",
    name: "a system-failure code that is none is not taken",
    async attack(program) {
      for (const code of ["0", "256", "-1", "1e1", "", " 7", "0x10", "x"]) {
        using scene = new Witness("no_such_key = 1\n");
        const result = await scene.exec(program, {
          env: { SYSTEM_FAILURE_EXIT_CODE: code },
        });
        assertNotRun(scene, result);
        assert.equal(result.code, 2, code);
      }
    },
  },
  search("without the driver", () => ({ path: "/usr/bin:/bin" }), false),
  search(
    "that is empty means the current directory, as for execvp",
    (scene) => ({
      path: "",
      cwd: scene.path,
    }),
    true,
  ),
  search("of relative entries is followed as by execvp", (scene) => ({
    path: "absent:.:/usr/bin",
    cwd: scene.path,
  }), true),
  search("with a folder of the driver's name goes on behind it", (scene) => {
    Deno.mkdirSync(`${scene.path}/bin/driver`, { recursive: true });
    return { path: `${scene.path}/bin:${scene.path}:/usr/bin:/bin` };
  }, true),
  search(
    "with a file of the driver's name that may not be executed",
    (scene) => {
      Deno.mkdirSync(`${scene.path}/bin`);
      scene.file("bin/driver", "#!/bin/sh\n");
      return { path: `${scene.path}/bin:/usr/bin:/bin` };
    },
    false,
  ),
];

/** A socket pair whose one end is left open, and named to Node. */
const CHANNEL = `
  socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
  fcntl($theirs, F_SETFD, 0) or die;
  $ENV{NODE_CHANNEL_FD} = fileno($theirs);
  $ENV{NODE_CHANNEL_SERIALIZATION_MODE} = "json";
  syswrite($ours, qq({"cmd":"exit"}\\n));
  exec @ARGV;
`;

/** execve(2) with an environment that no library would make. */
const RAW_ENVIRONMENT = `
  my @vars = map { "$_=$ENV{$_}" } sort keys %ENV;
  push @vars, "TWICE=1", "TWICE=2", "=empty", "no equals sign", "PATH=/evil", "";
  my ($file) = grep { -x } $ARGV[0] =~ m{/} ? $ARGV[0] : map { "$_/$ARGV[0]" } split /:/, $ENV{PATH};
  my @copies = (@ARGV, @vars, $file);
  my $vector = pack("p" x @ARGV, @ARGV) . pack("Q", 0);
  my $environment = pack("p" x @vars, @vars) . pack("Q", 0);
  syscall(59, $file, $vector, $environment);
  die $!;
`;
