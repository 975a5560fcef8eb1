/**
 * Files that are planted where the program, or the runtime in it, might look
 * (U3).
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  assertClosed,
  assertClosedOrFiltered,
  assertFiltered,
  type Attack,
  Scene,
  SYSTEM_FAILURE,
} from "./attack.ts";
import { give, needsRoot } from "./attack_users.ts";
import {
  hasCommand,
  isRoot,
  type Program,
  run,
  type RunOptions,
} from "./program.ts";

const EVIL = "evil was run";
const EVIL_MODULE =
  `console.error("${EVIL}"); export const seccompExpansion = () => {}, jsx = 0, name = "rmdir"; throw new Error("${EVIL}");\n`;

/** Would lead the runtime astray in every way that it has. */
const DENO_JSON = JSON.stringify({
  imports: {
    "jacamar-seccomp": "./evil.js",
    "./part.ts": "./evil.js",
    "./site/part.ts": "./evil.js",
    "node:fs": "./evil.js",
  },
  importMap: "./import_map.json",
  scopes: { "./": { "./part.ts": "./evil.js" } },
  compilerOptions: {
    experimentalDecorators: true,
    jsx: "react-jsx",
    jsxImportSource: "./evil.js",
    types: ["./evil.js"],
  },
  workspace: ["./site"],
  links: ["./node_modules/jacamar-seccomp"],
  nodeModulesDir: "auto",
  vendor: true,
  unstable: ["sloppy-imports", "bare-node-builtins"],
  lock: "./deno.lock",
});

/** What is planted, each in every folder. */
const PLANTS: Readonly<Record<string, string>> = {
  "deno.json": DENO_JSON,
  "deno.jsonc": DENO_JSON,
  "deno.lock": "not a lock file",
  "package.json": JSON.stringify({
    name: "jacamar-seccomp",
    type: "commonjs",
    main: "./evil.js",
    exports: { ".": "./evil.js" },
    imports: { "#part": "./evil.js" },
    dependencies: { "jacamar-seccomp": "file:./evil.js" },
  }),
  "import_map.json": '{"imports":{"jacamar-seccomp":"./evil.js"}}',
  "tsconfig.json": '{"compilerOptions":{"target":"es3"},"files":["evil.js"]}',
  "jsr.json": "{{{",
  ".env": "SYSTEM_FAILURE_EXIT_CODE=0\nPATH=/absent\nLD_PRELOAD=./evil.so\n",
  ".npmrc": "registry=http://127.0.0.1:1/\n",
  ".node_repl_history": "",
  ".denorc": EVIL_MODULE,
  "evil.js": EVIL_MODULE,
  "jacamar-seccomp.ts": EVIL_MODULE,
  "jacamar-seccomp.js": EVIL_MODULE,
  "main.ts": EVIL_MODULE,
  "mod.js": EVIL_MODULE,
  "jacamar.toml": "[auth.seccomp]\ndisabled = true\n",
  "libseccomp.so.2": EVIL,
  "libc.so.6": EVIL,
  "librt.so.1": EVIL,
  "icudtl.dat": EVIL,
  "deno-compile-jacamar-seccomp.cache": EVIL,
  "node_modules/jacamar-seccomp/package.json": '{"main":"index.js"}',
  "node_modules/jacamar-seccomp/index.js": EVIL_MODULE,
  "node_modules/.deno/.setup-cache.bin": EVIL,
};

/** Plants everything in a folder, as another user's where that is possible. */
function plant(scene: Scene, folder: string): void {
  const files = `${folder}/node_modules`;
  Deno.mkdirSync(`${scene.path}/${files}/jacamar-seccomp`, { recursive: true });
  Deno.mkdirSync(`${scene.path}/${files}/.deno`);
  for (const [name, text] of Object.entries(PLANTS)) {
    const path = scene.file(`${folder}/${name}`, text);
    if (isRoot) give(path);
  }
}

const PLUGIN =
  `import { ActErrno, errno, getSyscallFromName, type SeccompExpansion } from "jacamar-seccomp";
import { name } from "./part.ts";
export const seccompExpansion: SeccompExpansion = (filter) => {
  for (const each of [name, "mkdirat"]) {
    filter.addRule(getSyscallFromName(each), ActErrno.setReturnCode(errno.EPERM));
  }
};`;

/** A scene with a TypeScript plugin that imports a module, and planted files. */
class PlantedScene extends Scene {
  constructor(plants: string, site: string, timeout = "1m") {
    super();
    Deno.mkdirSync(`${this.path}/${plants}`);
    Deno.mkdirSync(`${this.path}/${site}`);
    plant(this, plants);
    this.file(`${site}/plugin.ts`, PLUGIN);
    this.file(`${site}/part.ts`, 'export const name: string = "mkdir";');
    this.config(
      `validation_plugin = "${site}/plugin.ts"\nplugin_timeout = "${timeout}"\n`,
    );
  }

  /** Everything that names a folder names the planted one. */
  get surroundings(): RunOptions {
    const planted = `${this.path}/planted`;
    const names = [
      ...["HOME", "TMPDIR", "TMP", "TEMP", "PWD", "OLDPWD", "XDG_CACHE_HOME"],
      ...["XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME"],
      ...["XDG_DATA_DIRS", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"],
    ];
    return {
      cwd: planted,
      env: Object.fromEntries(names.map((name) => [name, planted])),
    };
  }
}

/**
 * How a program is run there: `deno run` has its own cache below HOME, and its
 * surroundings are not what is deployed.
 */
function surroundings(scene: PlantedScene, program: Program): RunOptions {
  const { cwd, env } = scene.surroundings;
  if (program.command.length === 1) return { cwd, env };
  return { cwd, env: { TMPDIR: env?.TMPDIR ?? "" } };
}

/** The files of a strace, in the part between our execve and the driver's. */
function touched(trace: string, program: Program): string[] {
  const executions = trace.split(/^\d+ +execve\(/m);
  const ours = executions.findIndex((each) =>
    each.startsWith(`"${program.command[0]}"`)
  );
  assert.ok(ours > 0 && ours < executions.length - 1);
  return [...executions[ours].matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map(([, path]) => path);
}

export const plantedAttacks: readonly Attack[] = [
  {
    promise: "U3",
    name:
      "files in the current directory, HOME, TMPDIR and every XDG directory",
    async attack(program) {
      using scene = new PlantedScene("planted", "site");
      const result = await scene.exec(program, surroundings(scene, program));
      assertFiltered(scene, result);
      assert.doesNotMatch(result.stderr, /evil/);
    },
  },
  {
    promise: "U3",
    name: "the same, and strace is the judge: none of them is looked for",
    missing: hasCommand("strace") ? undefined : "needs strace",
    async attack(program) {
      using scene = new PlantedScene("planted", "site");
      const trace = `${scene.path}/trace`;
      const result = await scene.exec(program, {
        ...surroundings(scene, program),
        wrapper: ["strace", "-f", "-s", "4096", "-e", "trace=%file"].concat(
          "-o",
          trace,
        ),
      });
      assertFiltered(scene, result);
      const planted = touched(Deno.readTextFileSync(trace), program)
        .filter((path) =>
          path.startsWith(`${scene.path}/planted/`) ||
          (!path.startsWith("/") && path in PLANTS)
        );
      assert.deepEqual(planted, []);
    },
  },
  {
    promise: "U3",
    name: "files in a sticky folder above the plugin's own",
    missing: needsRoot,
    async attack(program) {
      using scene = new PlantedScene("planted", "planted/site");
      Deno.chmodSync(`${scene.path}/planted`, 0o1777);
      const result = await scene.exec(program);
      assertFiltered(scene, result);
      assert.doesNotMatch(result.stderr, /evil/);
    },
  },
  {
    promise: "U3",
    name:
      "a deno.json and a package.json there that are no JSON, a folder, or a FIFO",
    missing: needsRoot,
    async attack(program) {
      const ways: readonly ((path: string) => void)[] = [
        (path) => Deno.writeTextFileSync(path, "{{{"),
        (path) => Deno.mkdirSync(path),
        (path) => {
          new Deno.Command("mkfifo", { args: [path] }).outputSync();
        },
      ];
      for (const put of ways) {
        // Nobody writes to the FIFO.
        using scene = new PlantedScene("planted", "planted/site", "2s");
        Deno.chmodSync(`${scene.path}/planted`, 0o1777);
        for (const name of ["deno.json", "deno.jsonc", "package.json"]) {
          const path = `${scene.path}/planted/${name}`;
          Deno.removeSync(path);
          put(path);
          give(path);
        }
        assertClosedOrFiltered(scene, await scene.exec(program));
      }
    },
  },
  {
    promise: "U3",
    name:
      "modules called like ours, and like what a plugin names without a path",
    async attack(program) {
      using scene = new PlantedScene("site", "site/inner");
      const options = { cwd: `${scene.path}/site` };
      for (
        const name of ["left-pad", "#part", "npm:jacamar-seccomp", "evil.js"]
      ) {
        scene.file("site/inner/part.ts", `export * from "${name}";`);
        const result = await scene.exec(program, options);
        assertClosed(scene, result, /a plugin can import only files/);
      }
      scene.file(
        "site/inner/part.ts",
        'import { errno } from "jacamar-seccomp"; export const name = errno ? "mkdir" : "";',
      );
      assertFiltered(scene, await scene.exec(program, options));
    },
  },
  {
    promise: "U3",
    name:
      "a program called like the driver in the current directory, and no such driver in PATH",
    async attack(program) {
      using scene = new Scene();
      scene.config();
      const evil = `${scene.path}/evil`;
      Deno.mkdirSync(evil);
      Deno.copyFileSync(scene.driver, `${evil}/jacamar-auth-here`);
      const args = ["exec", "-u", "-c", `${scene.path}/jacamar.toml`];
      const result = await run(
        program,
        [...args, "--stage", "x", "--", "jacamar-auth-here"],
        {
          cwd: evil,
          // Folders that every user may search.
          env: {
            PATH: "/usr/bin:/bin",
            SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}`,
          },
        },
      );
      assertClosed(
        scene,
        result,
        /there is no driver jacamar-auth-here in PATH/,
      );
    },
  },
];
