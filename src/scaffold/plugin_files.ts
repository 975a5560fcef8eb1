import configuration from "./template/jacamar.toml" with { type: "text" };
import plugin from "./template/NAME.ts" with { type: "text" };
import test from "./template/NAME_test.ts" with { type: "text" };
import readme from "./template/README.md" with { type: "text" };
import types from "./types.txt" with { type: "text" };
import type { NewFile } from "./write_new.ts";

/** The library as one file, beside the executable's own modules. */
const LIBRARY = new URL("./library.txt", import.meta.url);
/** The clone, from source. */
const CLONE = new URL("../../", import.meta.url);

/** A file of a new plugin, and what it is for. */
export interface PluginFile extends NewFile {
  readonly what: string;
}

/**
 * What a new plugin begins with: it can be tested, checked and tried out as it
 * is.
 *
 * @param name Its name, of which names of files are made.
 */
export function pluginFiles(name: string): PluginFile[] {
  const called = (text: string) => text.replaceAll("NAME", name);
  const [imports, library] = libraryFiles();
  const settings = {
    ...imports,
    compilerOptions: { types: ["./jacamar-seccomp.d.ts"] },
    exclude: ["jacamar-seccomp.*"],
  };
  return [
    { name: `${name}.ts`, text: called(plugin), what: "the plugin" },
    { name: `${name}_test.ts`, text: called(test), what: "its test" },
    {
      name: "jacamar.toml",
      text: called(configuration),
      what: "a configuration to try it with",
    },
    {
      name: "README.md",
      text: called(readme),
      what: "how to test, check and try it",
    },
    {
      name: "deno.json",
      text: `${JSON.stringify(settings, null, 2)}\n`,
      what: "tells Deno and editors what is where",
    },
    { name: "jacamar-seccomp.d.ts", text: types, what: "the types" },
    ...library,
  ];
}

/** How `jacamar-seccomp` is found by a test, and what must be there for that. */
function libraryFiles(): [imports: object, files: PluginFile[]] {
  if (!Deno.build.standalone) return [fromClone(), []];
  const name = "jacamar-seccomp.js";
  const file = {
    name,
    text: Deno.readTextFileSync(LIBRARY),
    what: "the library, for the test",
  };
  const imports = {
    "jacamar-seccomp": `./${name}`,
    "jacamar-seccomp/testing": `./${name}`,
  };
  return [{ imports }, [file]];
}

/** The library as the clone has it, with the packages that it is tested with. */
function fromClone(): object {
  const lock = new URL("deno.lock", CLONE).pathname;
  return {
    importMap: new URL("deno.json", CLONE).href,
    lock: { path: decodeURIComponent(lock), frozen: true },
  };
}
