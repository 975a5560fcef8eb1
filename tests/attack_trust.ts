/**
 * Files that somebody else made or can change, in the place of each file that
 * decides something (U1).
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  assertClosed,
  assertFiltered,
  type Attack,
  Scene,
  SYSTEM_FAILURE,
} from "./attack.ts";
import {
  asUser,
  give,
  needsPerl,
  needsRoot,
  OTHER,
  USER,
} from "./attack_users.ts";
import { compiled, type Program, run } from "./program.ts";

/** Every file that decides something, but for the configuration in `site/`. */
const FILES: Readonly<Record<string, string>> = {
  "jacamar.toml":
    '[auth.seccomp]\nprofile = "site/profile.json"\nvalidation_plugin = "site/plugin.ts"\n',
  "site/profile.json": JSON.stringify({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO" }],
  }),
  "site/plugin.ts": `import { one } from "./static.ts";
import list from "./list.json" with { type: "json" };
import text from "./text.txt" with { type: "text" };
export { two } from "./exported.js";
export const seccompExpansion = async (): Promise<void> => {
  const { three } = await import("./dynamic.mjs");
  if (one + list.length + text.length + three !== 6) throw new Error("astray");
};`,
  "site/static.ts": 'export { one } from "./far.mts";',
  "site/far.mts": "export const one: number = 1;",
  "site/list.json": "[1]",
  "site/text.txt": "1",
  "site/exported.js": "export const two = 2;",
  "site/dynamic.mjs": "export const three = 3;",
};

class TrustScene extends Scene {
  constructor() {
    super();
    Deno.mkdirSync(`${this.path}/site`);
    for (const [name, text] of Object.entries(FILES)) this.file(name, text);
  }
}

/** One of each kind, where it would be the same for all modules. */
const KINDS = [
  "jacamar.toml",
  "site/profile.json",
  "site/plugin.ts",
  "site/far.mts",
];

interface Flaw {
  readonly name: string;
  /** Which files are tried; {@linkcode KINDS} if left out. */
  readonly files?: readonly string[];
  readonly missing?: string;
  /** What the refusal says of a file: FILE and FOLDER in it are filled in. */
  readonly says: string;
  readonly spoil: (file: string) => void;
}

const folderOf = (file: string) => file.slice(0, file.lastIndexOf("/"));

/** Puts something else where a file is; the file is then called `….good`. */
function replace(file: string, put: (good: string) => void): void {
  Deno.renameSync(file, `${file}.good`);
  put(`${file}.good`);
}

const BIND = `socket(my $socket, PF_UNIX, SOCK_STREAM, 0);
bind($socket, pack_sockaddr_un($ARGV[0]))`;

const flaws: readonly Flaw[] = [
  {
    name: "a file that its group can change",
    says: "FILE may be changed by its group (mode 0664)",
    spoil: (file) => Deno.chmodSync(file, 0o664),
  },
  {
    name: "a file that everybody can change",
    files: Object.keys(FILES),
    says: "FILE may be changed by everybody (mode 0602)",
    spoil: (file) => Deno.chmodSync(file, 0o602),
  },
  {
    name: "a file in a folder that its group can change",
    says: "FOLDER may be changed by its group (mode 0775)",
    spoil: (file) => Deno.chmodSync(folderOf(file), 0o775),
  },
  {
    name: "a file in a folder that everybody can change",
    says: "FOLDER may be changed by everybody (mode 0777)",
    spoil: (file) => Deno.chmodSync(folderOf(file), 0o777),
  },
  {
    name: "another user's file",
    files: Object.keys(FILES),
    missing: needsRoot,
    says: `FILE belongs to user ${OTHER}`,
    spoil: (file) => give(file),
  },
  {
    name: "a file in another user's folder",
    missing: needsRoot,
    says: `FOLDER belongs to user ${OTHER}`,
    spoil: (file) => give(folderOf(file)),
  },
  {
    name: "another user's link to the right file",
    missing: needsRoot,
    says: `FILE belongs to user ${OTHER}`,
    spoil: (file) =>
      replace(file, (good) => {
        Deno.symlinkSync(good, file);
        give(file);
      }),
  },
  {
    name: "a link through a folder that everybody can change",
    says: "FOLDER/open may be changed by everybody (mode 0777)",
    spoil: (file) =>
      replace(file, (good) => {
        Deno.mkdirSync(`${folderOf(file)}/open`);
        Deno.chmodSync(`${folderOf(file)}/open`, 0o777);
        Deno.symlinkSync(good, `${folderOf(file)}/open/back`);
        Deno.symlinkSync("open/back", file);
      }),
  },
  {
    name: "a link to a file that everybody can change",
    says: "FILE.good may be changed by everybody (mode 0666)",
    spoil: (file) =>
      replace(file, (good) => {
        Deno.chmodSync(good, 0o666);
        Deno.symlinkSync(good, file);
      }),
  },
  {
    name: "a link to itself",
    says: "FILE: too many links",
    spoil: (file) => replace(file, () => Deno.symlinkSync(file, file)),
  },
  {
    name: "a FIFO",
    says: "FILE is not a regular file",
    spoil: (file) =>
      replace(file, () => {
        new Deno.Command("mkfifo", { args: [file] }).outputSync();
      }),
  },
  {
    name: "a socket",
    says: "FILE is not a regular file",
    missing: needsPerl,
    spoil: (file) =>
      replace(file, () => {
        new Deno.Command("perl", { args: ["-MSocket", "-e", BIND, file] })
          .outputSync();
      }),
  },
  {
    name: "a folder",
    says: "FILE is not a regular file",
    spoil: (file) => replace(file, () => Deno.mkdirSync(file)),
  },
  {
    name: "a device",
    says: "/dev: no file of the kernel's will do",
    spoil: (file) => replace(file, () => Deno.symlinkSync("/dev/null", file)),
  },
];

async function assertRefused(
  program: Program,
  name: string,
  { says, spoil }: Flaw,
): Promise<void> {
  using scene = new TrustScene();
  const file = `${scene.path}/${name}`;
  spoil(file);
  const result = await scene.exec(program);
  assertClosed(scene, result);
  const expected = says.replace("FILE", file).replace("FOLDER", folderOf(file));
  assert.ok(result.stderr.includes(expected), `${name}: ${result.stderr}`);
}

/** Modules with imports of their own that an ES module's text would not tell. */
const HIDING: Readonly<Record<string, string | Uint8Array>> = {
  "module.cjs": 'require("./evil.cjs");',
  "module.tsx": "/** @jsxImportSource ./evil */ export const x = <a/>;",
  "module.jsx": "/** @jsxImportSource ./evil */ export const x = <a/>;",
  // (module (import "./evil.js" "x" (func)))
  "module.wasm": new TextEncoder().encode(
    "\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x0f\x01\x09./evil.js\x01x\0\0",
  ),
};

export const trustAttacks: readonly Attack[] = [
  ...flaws.map((flaw): Attack => ({
    promise: "U1",
    name: `${flaw.name}, for the configuration, a profile, a plugin, a module`,
    missing: flaw.missing,
    async attack(program) {
      await Promise.all(
        (flaw.files ?? KINDS).map((name) => assertRefused(program, name, flaw)),
      );
    },
  })),
  {
    promise: "U1",
    name: "nothing: where nobody else can change a file, all are used",
    async attack(program) {
      using scene = new TrustScene();
      assertFiltered(scene, await scene.exec(program));
    },
  },
  {
    promise: "U1",
    name: "a file that everybody can change behind a module that hides it",
    async attack(program) {
      for (const [name, content] of Object.entries(HIDING)) {
        using scene = new Scene();
        scene.file(name, content);
        Deno.mkdirSync(`${scene.path}/evil`);
        for (const evil of ["evil.js", "evil.cjs", "evil/jsx-runtime"]) {
          scene.file(evil, "export const x = 1, jsx = 1;", 0o666);
        }
        scene.plugin(
          `import "./${name}"; export function seccompExpansion() {}`,
        );
        const result = await scene.exec(program);
        assertClosed(
          scene,
          result,
          /can import no CommonJS, JSX or WebAssembly/,
        );
      }
    },
  },
  {
    promise: "U1",
    name: "a plugin that is not the one whose digest is configured",
    async attack(program) {
      using scene = new Scene();
      scene.plugin(
        "export function seccompExpansion() {}",
        `validation_plugin_sha256 = "${"0".repeat(64)}"\n`,
      );
      assertClosed(
        scene,
        await scene.exec(program),
        /plugin\.js has the SHA-256 digest [0-9a-f]{64}; validation_plugin_sha256 says 0{64}/,
      );
    },
  },
  {
    promise: "U1",
    name: "a way that leaves another user's folder again, or ends in ..",
    async attack(program) {
      using scene = new TrustScene();
      const { path } = scene;
      Deno.mkdirSync(`${path}/open`);
      Deno.chmodSync(`${path}/open`, 0o777);
      const refusals = {
        [`${path}/open/../jacamar.toml`]: /open may be changed by everybody/,
        [`${path}/site/..`]: /is not a regular file/,
        "/": /is not a regular file/,
      };
      for (const [config, says] of Object.entries(refusals)) {
        const args = ["exec", "-u", "-c", config, "--stage", "x", "--"];
        const result = await run(program, [...args, scene.driver], {
          env: { SYSTEM_FAILURE_EXIT_CODE: `${SYSTEM_FAILURE}` },
        });
        assertClosed(scene, result, says);
      }
    },
  },
  {
    promise: "U1",
    name: "another user's file in a sticky folder, where root's would do",
    missing: needsRoot,
    async attack(program) {
      using scene = new TrustScene();
      Deno.chmodSync(`${scene.path}/site`, 0o1777);
      assertFiltered(scene, await scene.exec(program));
      Deno.removeSync(scene.marker);
      give(`${scene.path}/site/far.mts`);
      const result = await scene.exec(program);
      assertClosed(scene, result, /far\.mts belongs to user/);
    },
  },
  {
    promise: "U1",
    name: "a third user's file, tried on an ordinary one, who may use root's",
    missing: needsRoot ?? compiled.missing,
    async attack() {
      for (const name of ["jacamar.toml", "site/plugin.ts", "site/far.mts"]) {
        using scene = new TrustScene();
        give(scene.path, USER);
        assertFiltered(scene, await scene.exec(compiled, asUser));
        Deno.removeSync(scene.marker);
        give(`${scene.path}/${name}`, USER);
        assertFiltered(scene, await scene.exec(compiled, asUser));
        Deno.removeSync(scene.marker);
        give(`${scene.path}/${name}`);
        assertClosed(
          scene,
          await scene.exec(compiled, asUser),
          new RegExp(
            `${name} belongs to user ${OTHER}, and must belong to root or user ${USER}`,
          ),
        );
      }
    },
  },
];
