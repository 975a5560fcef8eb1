/** Attacks on promise S6: configurations and profiles of any bytes. */
import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { assertClosed } from "./attack.ts";
import { assertWitness, needs, PATIENTLY, Witness } from "./attack_witness.ts";

/** A text that is read as if it were the ordinary one, or refused. */
interface Text {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What the refusal says; left out where the text is to be read. */
  readonly refused?: RegExp;
}

const CALLS = 'block_calls = ["mkdir", "mkdirat"]\n';
const TABLE = `[auth.seccomp]\n${CALLS}`;
const DEEP = 100_000;
/** What would be the largest configuration, less what is around it. */
const MOST = 1024 * 1024 - 100;

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...encoder.encode(part)] : part
    ),
  );
}

function nested(open: string, close: string, depth = DEEP): string {
  return open.repeat(depth) + close.repeat(depth);
}

const SYNTAX = /jacamar\.toml(?::\d+)?: not valid TOML: /;

const configurations: readonly Text[] = [
  // What is odd, and TOML all the same.
  { name: "ends its lines in CR LF", content: TABLE.replaceAll("\n", "\r\n") },
  { name: "begins with a byte-order mark", content: `\ufeff${TABLE}` },
  { name: "ends without a newline", content: TABLE.trimEnd() },
  {
    name: "is a megabyte of comments, less a little",
    content: TABLE + "#".repeat(MOST - 200),
  },
  {
    name: "has a hundred thousand keys of somebody else's",
    content: TABLE + "[x]\n" +
      Array.from({ length: 90_000 }, (_, n) => `k${n}=1\n`).join(""),
  },
  {
    name: "has a key of nearly a megabyte",
    content: `${TABLE}[x]\n${"k".repeat(MOST - 300)} = 1\n`,
  },
  {
    name: "has a list of a hundred thousand elements",
    content: `${TABLE}[x]\nlist = [${"1,".repeat(100_000)}]\n`,
  },
  {
    name: "has keys that objects of JavaScript have",
    content:
      `${TABLE}[x]\n__proto__ = 1\nconstructor = 2\ntoString = 3\n[__proto__]\ndisabled = true\n[constructor.prototype]\ndisabled = true\n`,
  },
  {
    name: "writes its table with dots and quotes",
    content: `"auth".'seccomp'."block_calls" = ["mkdir", 'mkdirat']\n`,
  },
  // What is no TOML, or says what is not understood.
  {
    name: "has fifty megabytes",
    content: TABLE + "#".repeat(50 * 1024 * 1024),
    refused: /it has \d+ bytes, more than the 1048576 allowed/,
  },
  {
    name: "nests lists a hundred thousand deep",
    content: `${TABLE}x = ${nested("[", "]")}\n`,
    refused: /jacamar-seccomp: unable to establish/,
  },
  {
    name: "nests inline tables a hundred thousand deep",
    content: `${TABLE}x = ${nested("{a=", "}")}\n`,
    refused: /jacamar-seccomp: unable to establish/,
  },
  {
    name: "nests tables a hundred thousand deep",
    content: `${TABLE}[x${".a".repeat(DEEP)}]\n`,
    refused: /tables and lists nest more than 64 deep/,
  },
  {
    name: "nests dotted keys of ours a hundred thousand deep",
    content: `${TABLE}stages${".a".repeat(DEEP)} = 1\n`,
    refused: /tables and lists nest more than 64 deep/,
  },
  {
    name: "has a NUL",
    content: `${TABLE}x = "\0"\n`,
    refused: SYNTAX,
  },
  {
    name: "has a NUL in a comment",
    content: `${TABLE}# \0\nx = 1\n`,
    refused: SYNTAX,
  },
  {
    name: "has a lone CR, behind which another line could hide",
    content: `[auth.seccomp]\n# \r${CALLS}`,
    refused: SYNTAX,
  },
  {
    name: "is not UTF-8",
    content: bytes(TABLE, "# ", [0xc3, 0x28], "\n"),
    refused: /it is not UTF-8/,
  },
  {
    name: "has half of a surrogate pair",
    content: bytes(TABLE, "# ", [0xed, 0xa0, 0x80], "\n"),
    refused: /it is not UTF-8/,
  },
  {
    name: "writes a character the long way",
    content: bytes(TABLE, "# ", [0xc0, 0xaf], "\n"),
    refused: /it is not UTF-8/,
  },
  {
    name: "is UTF-16",
    content: bytes(
      [0xff, 0xfe],
      [...TABLE].flatMap((c) => [c.charCodeAt(0), 0]),
    ),
    refused: /it is not UTF-8/,
  },
  {
    name: "has a key twice, the second taking back the first",
    content: `${TABLE}block_calls = []\n`,
    refused: SYNTAX,
  },
  {
    name: "has a table twice",
    content: `${TABLE}[auth.seccomp]\ndisabled = true\n`,
    refused: SYNTAX,
  },
  {
    name: "redefines its table with dotted keys",
    content: `${TABLE}[auth]\nseccomp.disabled = true\n`,
    refused: SYNTAX,
  },
  {
    name: "redefines its table inline",
    content: `${TABLE}[auth]\nseccomp = { disabled = true }\n`,
    refused: SYNTAX,
  },
  {
    name: "has an errno beyond 64 bits",
    content: `${TABLE}errno = 99999999999999999999\n`,
    refused: /jacamar\.toml:3: /,
  },
  {
    name: "has an errno that is infinite",
    content: `${TABLE}errno = inf\n`,
    refused: /jacamar\.toml:3: errno: /,
  },
  {
    name: "has an errno that is not a number",
    content: `${TABLE}errno = nan\n`,
    refused: /jacamar\.toml:3: errno: /,
  },
  {
    name: "has an errno that is a date",
    content: `${TABLE}errno = 1979-05-27T07:32:00Z\n`,
    refused: /jacamar\.toml:3: errno: /,
  },
  {
    name: "has a time beyond all clocks",
    content: `${TABLE}plugin_timeout = "1e300s"\n`,
    refused: /plugin_timeout: /,
  },
  {
    name: "has a key with a letter of another alphabet",
    content: `${TABLE}disаbled = true\n`,
    refused: SYNTAX,
  },
  {
    name: "has a quoted key with a letter of another alphabet",
    content: `${TABLE}"disаbled" = true\n`,
    refused: /unknown key "disаbled"/,
  },
  {
    name: "has a key with a space that nobody sees",
    content: `${TABLE}"disabled\u200b" = true\n`,
    refused: /unknown key /,
  },
  {
    name: "has a table with a letter of another alphabet",
    content: `["аuth".seccomp]\n${CALLS}`,
    refused: /unknown table /,
  },
  {
    name: "has __proto__ for a key of ours",
    content: `${TABLE}__proto__ = { disabled = true }\n`,
    refused: /unknown key "__proto__"/,
  },
  {
    name: "has constructor for a key of ours",
    content: `${TABLE}constructor = 1\n`,
    refused: /unknown key "constructor"/,
  },
  {
    name: "has __proto__ for a stage",
    content: `${TABLE}[auth.seccomp.stages.__proto__]\nno_such_key = 1\n`,
    refused: /a stage cannot be called __proto__/,
  },
];

function configuration({ name, content, refused }: Text): Attack {
  return {
    promise: "S6",
    name: `a configuration ${name}`,
    missing: needs("timeout"),
    async attack(program) {
      using scene = new Witness();
      scene.file("jacamar.toml", content);
      const result = await scene.exec(program, { wrapper: PATIENTLY });
      if (refused) assertClosed(scene, result, refused);
      else assertWitness(scene, result);
    },
  };
}

const ENTRY = '{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}';
const entries = (...list: readonly string[]) =>
  `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[${list.join(",")}]}`;
const condition = (value: string) =>
  entries(
    ENTRY,
    `{"names":["umask"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"op":"SCMP_CMP_EQ","value":${value}}]}`,
  );

const profiles: readonly Text[] = [
  { name: "is an ordinary one", content: entries(ENTRY) },
  {
    name: "has a million spaces",
    content: entries(" ".repeat(MOST - 200) + ENTRY),
  },
  {
    name: "has a number of all 64 bits",
    content: condition("18446744073709551615"),
  },
  {
    name: "nests lists a hundred thousand deep",
    content: nested("[", "]"),
    refused: /jacamar-seccomp: unable to establish/,
  },
  {
    name: "nests objects a hundred thousand deep",
    content: `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
    refused: /jacamar-seccomp: unable to establish/,
  },
  {
    name: "nests what is in an entry a hundred thousand deep",
    content: entries(ENTRY, nested("[", "]")),
    refused: /jacamar-seccomp: unable to establish/,
  },
  {
    name: "has a number of 65 bits",
    content: condition("18446744073709551616"),
    refused: /value: /,
  },
  {
    name: "has a negative number",
    content: condition("-1"),
    refused: /value: /,
  },
  {
    name: "has a number beyond all",
    content: condition("1e999"),
    refused: /value: /,
  },
  {
    name: "has a number of a hundred thousand digits",
    content: condition("9".repeat(DEEP)),
    refused: /value: /,
  },
  { name: "has half a number", content: condition("0.5"), refused: /value: / },
  {
    name: "has __proto__ for a key",
    content: entries(ENTRY).replace("{", '{"__proto__":{"syscalls":[]},'),
    refused: /__proto__/,
  },
  {
    name: "is empty",
    content: "",
    refused: /not valid JSON/,
  },
  {
    name: "has a NUL",
    content: `${entries(ENTRY)}\0`,
    refused: /not valid JSON/,
  },
  {
    name: "is not UTF-8",
    content: bytes(entries(ENTRY), [0xff]),
    refused: /it is not UTF-8/,
  },
  {
    name: "has fifty megabytes",
    content: entries(" ".repeat(50 * 1024 * 1024) + ENTRY),
    refused: /more than the 1048576 allowed/,
  },
  {
    name: "has fifty thousand names in an entry",
    content: entries(
      ENTRY,
      `{"names":[${'"a",'.repeat(50_000)}"b"],"action":"SCMP_ACT_ERRNO"}`,
    ),
  },
];

function profile({ name, content, refused }: Text): Attack {
  return {
    promise: "S6",
    name: `a profile ${name}`,
    missing: needs("timeout"),
    async attack(program) {
      using scene = new Witness();
      scene.file("profile.json", content);
      scene.config('profile = "profile.json"\n');
      const result = await scene.exec(program, { wrapper: PATIENTLY });
      if (refused) assertClosed(scene, result, refused);
      else assertWitness(scene, result);
    },
  };
}

/** Nothing is asked for but the defaults: the driver may do all but those. */
const EMPTY: Readonly<Record<string, string>> = {
  "is empty": "",
  "has only comments": "# nothing\n#[auth.seccomp]\n",
  "has only newlines": "\n".repeat(10_000),
};

const empty = Object.entries(EMPTY).map(([name, content]): Attack => ({
  promise: "S6",
  name: `a configuration that ${name} means the defaults`,
  async attack(program) {
    using scene = new Witness();
    scene.file("jacamar.toml", content);
    const { code } = await scene.exec(program);
    assert.equal(code, 5);
    assert.match(
      Deno.readTextFileSync(scene.marker),
      /^Seccomp_filters:\s*1$/m,
    );
  },
}));

export const textAttacks: readonly Attack[] = [
  ...configurations.map(configuration),
  ...profiles.map(profile),
  ...empty,
];
