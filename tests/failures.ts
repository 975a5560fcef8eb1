/**
 * The ways to fail before execve, for the test that goes through all of them.
 */

/** One way to fail. */
export interface FailingCase {
  readonly name: string;
  /** What the unobfuscated message must say. */
  readonly says: RegExp;
  /**
   * The configuration; FOLDER in it is the scratch folder. Empty if left out.
   */
  readonly config?: string | Uint8Array;
  /**
   * The plugin: its text, under the name `plugin.ts` or another. The
   * configuration names it by itself.
   */
  readonly plugin?: string | { readonly name: string; readonly text: string };
  /**
   * All arguments of `exec`; CONFIG, DRIVER and FOLDER in them are filled in.
   */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Prepares the scratch folder, and may hold something until the case is over.
   */
  readonly prepare?: (folder: string) => Disposable | void;
}

const DRIVE = ["-c", "CONFIG", "--", "DRIVER", "run", "script", "after_script"];

function usage(name: string, says: RegExp, ...args: string[]): FailingCase {
  return { name: `usage: ${name}`, says, args };
}

function config(
  name: string,
  says: RegExp,
  content: string | Uint8Array,
): FailingCase {
  return { name: `configuration: ${name}`, says, config: content };
}

function plugin(
  name: string,
  says: RegExp,
  text: string,
  file = "plugin.ts",
): FailingCase {
  return { name: `plugin: ${name}`, says, plugin: { name: file, text } };
}

function driver(
  name: string,
  says: RegExp,
  path: string,
  prepare?: FailingCase["prepare"],
) {
  return {
    name: `driver: ${name}`,
    says,
    args: ["-c", "CONFIG", "--stage", "x", "--", path],
    prepare,
  };
}

const seccomp = (lines: string) => `[auth.seccomp]\n${lines}\n`;
const expansion = (body: string) =>
  `export function seccompExpansion(filter) {\n${body}\n}\n`;

export const failingCases: readonly FailingCase[] = [
  usage("no arguments", /--configuration FILE is missing/),
  usage(
    "an unknown flag",
    /unknown flag --configuratoin/,
    "--configuratoin",
    "CONFIG",
    ...DRIVE,
  ),
  usage(
    "a flag without its value",
    /--stage needs a value/,
    "-c",
    "CONFIG",
    "--stage",
  ),
  usage("an empty value", /--stage needs a value/, "--stage=", ...DRIVE),
  usage(
    "a flag given twice",
    /--configuration is given twice/,
    "-c",
    "CONFIG",
    ...DRIVE,
  ),
  usage("no driver", /-- DRIVER is missing/, "-c", "CONFIG"),
  usage("nothing after --", /-- DRIVER is missing/, "-c", "CONFIG", "--"),
  usage(
    "a driver without --",
    /unexpected argument .*driver comes after --/,
    "-c",
    "CONFIG",
    "DRIVER",
  ),
  usage(
    "no configuration",
    /--configuration FILE is missing/,
    "--",
    "DRIVER",
    "config",
  ),
  usage(
    "a stage that cannot be told",
    /give --stage STAGE/,
    "-c",
    "CONFIG",
    "--",
    "DRIVER",
    "status",
  ),
  usage("help, which is no success", /usage: jacamar-seccomp exec/, "--help"),

  {
    name: "configuration: missing",
    says: /could not read the configuration .*absent\.toml/,
    args: ["-c", "FOLDER/absent.toml", "--", "DRIVER", "config"],
  },
  {
    name: "configuration: a folder",
    says: /is not a regular file/,
    args: ["-c", "FOLDER", "--", "DRIVER", "config"],
  },
  {
    name: "configuration: a device",
    says: /\/dev: no file of the kernel's will do/,
    args: ["-c", "/dev/null", "--", "DRIVER", "config"],
  },
  config(
    "not TOML",
    /jacamar\.toml:3: not valid TOML/,
    "[auth.seccomp]\nblock_calls = [\n",
  ),
  config("not UTF-8", /it is not UTF-8/, Uint8Array.of(0x23, 0xff, 0x0a)),
  config(
    "too large",
    /more than the 1048576 allowed/,
    "#".repeat(1024 * 1024 + 1),
  ),
  config(
    "an unknown key",
    /jacamar\.toml:2: unknown key "block_call" in \[auth\.seccomp\], did you mean "block_calls"\?/,
    seccomp('block_call = ["mkdir"]'),
  ),
  config("auth is no table", /\[auth\]: must be a table/, "auth = 1\n"),
  config(
    "seccomp is no table",
    /jacamar\.toml:2: /,
    "[auth]\nseccomp = true\n",
  ),
  config(
    "a wrong type",
    /jacamar\.toml:2: disabled: must be true or false/,
    seccomp('disabled = "no"'),
  ),
  config(
    "an unknown system call",
    /jacamar\.toml:2: block_calls: could not resolve name to syscall: 'mkdirs', did you mean "mkdir"\?/,
    seccomp('block_calls = ["mkdirs"]'),
  ),
  config(
    "a name that can be none",
    /is not the name of a system call/,
    seccomp('block_calls = ["a b"]'),
  ),
  config(
    "allow_calls alone",
    /does nothing without block_all/,
    seccomp('allow_calls = ["read"]'),
  ),
  config(
    "block_calls with block_all",
    /jacamar\.toml:3: block_calls does nothing together/,
    seccomp('block_all = true\nblock_calls = ["read"]'),
  ),
  config(
    "a call both allowed and blocked",
    /read is in both/,
    seccomp('allow_calls = ["read"]\nblock_calls = ["read"]'),
  ),
  config(
    "an unknown errno",
    /errno: must be the name of an errno/,
    seccomp('errno = "EPREM"'),
  ),
  config(
    "an errno out of range",
    /errno: must be the name/,
    seccomp("errno = 4095"),
  ),
  config(
    "a time of nothing",
    /plugin_timeout: must be a duration/,
    seccomp('plugin_timeout = "0s"'),
  ),
  config(
    "block_all without execve",
    /refuses execve and no rule allows it \[block_all \S+jacamar\.toml:2\]/,
    seccomp("block_all = true"),
  ),
  config(
    "block_calls with execve",
    /execve is refused with ActErrno\(EPERM\) \[block_calls \S+jacamar\.toml:2\]/,
    seccomp('block_calls = ["execve"]'),
  ),
  config(
    "no filter, and no record of that",
    /could not open the system log/,
    `${
      seccomp("disabled = true")
    }[auth.logging]\nenabled = true\nlocation = "FOLDER/no/log"\n`,
  ),
  config(
    "a misspelt table",
    /jacamar\.toml:1: unknown table \[auth\.secomp\], did you mean \[auth\.seccomp\]\?/,
    "[auth.secomp]\nblock_calls = ['mkdir']\n",
  ),
  config(
    "a list of tables",
    /\[auth\]: must be one table, not a list/,
    "[[auth]]\n[auth.seccomp]\nblock_calls = ['mkdir']\n",
  ),
  config(
    "a list of seccomp tables",
    /seccomp\]?: must be one table, not a list/,
    "[[auth.seccomp]]\nblock_calls = ['mkdir']\n",
  ),
  config(
    "a table in the wrong place",
    /unknown table \[seccomp\], did you mean \[auth\.seccomp\]/,
    "[seccomp]\nblock_calls = ['mkdir']\n",
  ),
  config(
    "a misspelt table beside the right one",
    /unknown table \[auth\.secomp\]/,
    "[auth.seccomp]\n[auth.secomp]\nblock_calls = ['mkdir']\n",
  ),
  config("a table in capitals", /unknown table \[Auth\]/, "[Auth.seccomp]\n"),
  config(
    "a log that is no path",
    /location: must be "syslog"/,
    '[auth.logging]\nlocation = "log"\n',
  ),

  driver("missing", /does not exist/, "FOLDER/absent"),
  {
    ...driver(
      "not in PATH",
      /there is no driver absent-driver in PATH/,
      "absent-driver",
    ),
    // Folders that every user may search.
    env: { PATH: "/usr/bin:/bin" },
  },
  driver("without a name", /name is empty/, ""),
  driver("a folder", /is not a regular file/, "FOLDER"),
  driver("not executable", /is not executable/, "FOLDER/jacamar.toml"),
  driver(
    "without its interpreter",
    /needs the interpreter \/absent\/bash/,
    "FOLDER/script",
    (folder) => {
      Deno.writeTextFileSync(`${folder}/script`, "#!/absent/bash\n", {
        mode: 0o755,
      });
    },
  ),
  driver(
    "in no format that can be executed",
    /neither an ELF program nor a script/,
    "FOLDER/binary",
    (folder) => {
      Deno.writeTextFileSync(`${folder}/binary`, "neither ELF nor a script", {
        mode: 0o755,
      });
    },
  ),
  driver(
    "being written to",
    /could not execute .*ETXTBSY/,
    "FOLDER/busy",
    (folder) => {
      Deno.copyFileSync("/bin/true", `${folder}/busy`);
      return Deno.openSync(`${folder}/busy`, { write: true });
    },
  ),

  {
    name: "plugin: missing",
    says: /plugin error: .*absent\.ts: there is no such file/,
    config: seccomp('validation_plugin = "absent.ts"'),
  },
  plugin("a Go plugin", /a Go plugin cannot be loaded/, "", "plugin.so"),
  plugin("of another kind", /a plugin is an ES module/, "", "plugin.json"),
  plugin(
    "a syntax error in TypeScript",
    /syntax error at .*plugin\.ts:2:11/,
    "const a = 1;\nconst b = ;\n",
  ),
  plugin(
    "a syntax error after other alphabets",
    /syntax error at .*plugin\.ts:2:11/,
    'const a = "\\n\\u00e9 é 漢 \u{1f600}";\nconst b = ;\n',
  ),
  plugin(
    "a syntax error in JavaScript",
    /syntax error at .*plugin\.js:2:11/,
    "\nconst b = ;\n",
    "plugin.js",
  ),
  plugin(
    "an error while it is imported",
    /plugin error: early/,
    'throw new Error("early");',
  ),
  plugin(
    "a missing module",
    /could not find the module .*absent\.ts/,
    'import "./absent.ts";',
  ),
  plugin(
    "no export",
    /must export a function seccompExpansion; it exports nothing/,
    "",
  ),
  plugin(
    "a misnamed export",
    /it exports only default, seccompExpansions/,
    "export function seccompExpansions() {}\nexport default 1;",
  ),
  plugin(
    "an export of another kind",
    /it exports the number 1 of that name/,
    "export const seccompExpansion = 1;",
  ),
  plugin(
    "throws an error",
    /plugin error: no thanks/,
    expansion('throw new Error("no thanks");'),
  ),
  plugin("throws a text", /it threw the string "no"/, expansion('throw "no";')),
  plugin(
    "throws nothing",
    /it threw the undefined undefined/,
    expansion("throw undefined;"),
  ),
  plugin(
    "throws what cannot be printed",
    /plugin error: /,
    expansion("throw { get message() { throw 1; }, toString() { throw 2; } };"),
  ),
  plugin(
    "rejects",
    /plugin error: later/,
    expansion('return Promise.reject(new Error("later"));'),
  ),
  plugin(
    "returns an error",
    /plugin error: as in Go/,
    expansion('return new Error("as in Go");'),
  ),
  plugin(
    "returns something",
    /seccompExpansion returned the boolean false/,
    expansion("return false;"),
  ),
  plugin(
    "never resolves",
    /plugin_timeout/,
    expansion("return new Promise(() => {});"),
  ),
  plugin(
    "waits too long",
    /plugin_timeout/,
    expansion("return new Promise((done) => setTimeout(done, 60_000));"),
  ),
  plugin("never returns", /plugin_timeout/, expansion("for (;;);")),
  plugin("never ends being imported", /plugin_timeout/, "for (;;);"),
  plugin(
    "replaces what exit codes are made of",
    /plugin error: sly/,
    expansion(
      'const zero = new Int32Array(1); Int32Array.of = () => zero; throw new Error("sly");',
    ),
  ),
  plugin(
    "replaces what errors are told with",
    /a plugin changed what the reason would be told with/,
    `${expansion("")}\nglobalThis.Error = () => {};`,
  ),
  plugin("Deno.exit", /it ended the process/, expansion("Deno.exit(0);")),
  plugin(
    "process.exit",
    /it ended the process/,
    expansion("process.exit(0);"),
  ),
  plugin(
    "process.reallyExit",
    /ended the process/,
    expansion("process.reallyExit(0);"),
  ),
  plugin(
    "leaves a rejection",
    /left a rejection unhandled: astray/,
    expansion(
      'Promise.reject(new Error("astray")); return new Promise((done) => setTimeout(done, 100));',
    ),
  ),
  plugin(
    "forgets to wait",
    /left a rejection unhandled: astray/,
    expansion('(async () => { await 0; throw new Error("astray"); })();'),
  ),
  plugin(
    "leaves an error",
    /left an error uncaught: astray/,
    expansion(
      'setTimeout(() => { throw new Error("astray"); }); return new Promise((d) => setTimeout(d, 100));',
    ),
  ),
  plugin(
    "opens a library",
    /[Rr]equires ffi access/,
    expansion('Deno.dlopen("libc.so.6", {});'),
  ),
  plugin(
    "runs a program",
    /[Rr]equires run access/,
    expansion('new Deno.Command("true").outputSync();'),
  ),
  plugin(
    "writes a file",
    /[Rr]equires write access/,
    expansion('Deno.writeTextFileSync("/x", "");'),
  ),
  plugin(
    "reads the environment",
    /[Rr]equires env access/,
    expansion('Deno.env.get("PATH");'),
  ),
  plugin(
    "loads the filter",
    /may not load the filter/,
    expansion("filter.load();"),
  ),
  plugin(
    "loads a filter of its own",
    /may not load a filter of its own/,
    `import { ActAllow, ScmpFilter } from "jacamar-seccomp";\n${
      expansion("new ScmpFilter(ActAllow).load();")
    }`,
  ),
  plugin(
    "returns what cannot be looked at",
    /plugin error: /,
    expansion(
      "return new Proxy({}, { getPrototypeOf() { throw new Error('no'); } });",
    ),
  ),
  plugin(
    "releases the filter",
    /may not release the filter/,
    expansion("filter.release();"),
  ),
  plugin(
    "an unknown system call",
    /^jacamar-seccomp: unable to establish seccomp filter: plugin error: could not resolve name to syscall: 'mkdirs' \(/,
    `import { getSyscallFromName } from "jacamar-seccomp";\n${
      expansion('getSyscallFromName("mkdirs");')
    }`,
  ),
  plugin(
    "a rule with the default action",
    /its action is the filter's default action \(EACCES\)/,
    `import { ActAllow, getSyscallFromName } from "jacamar-seccomp";\n${
      expansion('filter.addRule(getSyscallFromName("mkdir"), ActAllow);')
    }`,
  ),
  plugin(
    "a filter under which nothing could be executed",
    /the default action ActKillProcess refuses execve .* \[plugin \S+plugin\.\w+\]/,
    `import { ActKillProcess } from "jacamar-seccomp";\n${
      expansion("filter.reset(ActKillProcess);")
    }`,
  ),
  plugin(
    "a filter of too many instructions",
    /more than 4096 instructions, the most that the kernel takes/,
    `import { ActLog, CompareEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";\n${
      expansion(`const read = getSyscallFromName("read");
for (let value = 0n; value < 3000n; value++) {
  filter.addRuleConditional(read, ActLog, [makeCondition(0, CompareEqual, value << 32n)]);
}`)
    }`,
  ),
  plugin(
    "a filter that libseccomp cannot write",
    /instructions long; libseccomp corrupts memory/,
    `import { ActLog, CompareEqual, getSyscallFromName, makeCondition } from "jacamar-seccomp";\n${
      expansion(`const read = getSyscallFromName("read");
for (let value = 0; value < 6000; value++) {
  filter.addRuleConditional(read, ActLog, [makeCondition(0, CompareEqual, value)]);
}`)
    }`,
  ),
  {
    name: "libseccomp: broken",
    says:
      /could not open libseccomp\.so\.2: [^;]*file too short; it takes libseccomp 2/,
    prepare: (folder) =>
      Deno.writeTextFileSync(`${folder}/libseccomp.so.2`, "no library"),
    env: { LD_LIBRARY_PATH: "FOLDER" },
  },
];
