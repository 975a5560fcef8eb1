/**
 * Arguments of `exec`, of which it is known what must come of them, and of the
 * other commands.
 *
 * @module
 */
import fc from "fast-check";
import type { ExecRequest } from "../src/commands/exec_arguments.ts";
import { STAGES } from "./fuzz_documents.ts";

/** Arguments of `exec`, and what they ask for. */
export interface Asked {
  readonly args: readonly string[];
  /** `undefined` where they must be refused. */
  readonly request: ExecRequest | undefined;
}

/** Neither `--` nor a flag, which end or change what is before and after. */
const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<string>(...STAGES, "run", "config", "=", "-"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.nat(60_000).map((length) => "x".repeat(length)) },
).filter((text) => !/^--?.|\0|[\ud800-\udfff]/.test(text));

type Key = "configuration" | "stage" | "user";
const NAMES: Readonly<Record<Key, readonly string[]>> = {
  configuration: ["-c", "--configuration"],
  stage: ["--stage"],
  user: ["--user"],
};

const USERS = [
  "root",
  "0",
  "0:0",
  "4294967294:1",
  "4294967295",
  "-1",
  "nobody",
];

/** A part of the arguments, and what it says. */
type Part =
  | {
    readonly texts: readonly string[];
    readonly key: Key;
    readonly value: string;
  }
  | {
    readonly texts: readonly string[];
    readonly says: "unobfuscated" | "nonsense";
  };

const value: Readonly<Record<Key, fc.Arbitrary<string>>> = {
  configuration: fc.oneof(
    { weight: 9, arbitrary: fc.constant("FOLDER/jacamar.toml") },
    { weight: 1, arbitrary: text },
  ),
  stage: text,
  user: fc.oneof(fc.constantFrom(...USERS), text),
};

const valued = fc.constantFrom<Key>("configuration", "stage", "user").chain(
  (key) =>
    fc.tuple(fc.constantFrom(...NAMES[key]), value[key], fc.boolean()).map(
      ([name, value, isJoined]): Part => ({
        texts: isJoined && name.startsWith("--")
          ? [`${name}=${value}`]
          : [name, value],
        key,
        value,
      }),
    ),
);

const nonsense = fc.oneof(
  fc.constantFrom(
    ...[
      "-cx",
      "-c=x",
      "--config",
      "-uu",
      "-u=1",
      "--unobfuscated=true",
      "--stage-",
    ],
    ...[
      "--__proto__",
      "__proto__",
      "constructor",
      "--Stage",
      "-h",
      "--help",
      "-",
    ],
    ...["---", "\u2014stage", "--\ufeff"],
  ),
  text,
).map((text): Part => ({ texts: [text], says: "nonsense" }));

const part = fc.oneof(
  { weight: 8, arbitrary: valued },
  {
    weight: 3,
    arbitrary: fc.constantFrom("-u", "--unobfuscated").map((text): Part => ({
      texts: [text],
      says: "unobfuscated",
    })),
  },
  { weight: 1, arbitrary: nonsense },
);

const configuration: Part = {
  texts: ["-c", "FOLDER/jacamar.toml"],
  key: "configuration",
  value: "FOLDER/jacamar.toml",
};

const own: fc.Arbitrary<readonly Part[]> = fc.oneof(
  fc.array(part, { maxLength: 5 }),
  // One of each at most, so that not all of them are refused.
  fc.uniqueArray(part, {
    maxLength: 3,
    selector: (part) => "key" in part ? part.key : "",
  }).map((parts) =>
    parts.some((part) => "key" in part && part.key === "configuration")
      ? parts
      : [configuration, ...parts]
  ),
);

const driver = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(
      fc.oneof(text, fc.constantFrom("--", "-u", "-c", "--stage", "--stage=y")),
      { maxLength: 4 },
    ).map((rest) => ["--", "FOLDER/driver", ...rest]),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [],
      ["--"],
      ["--", ""],
      ["--", "--", "FOLDER/driver"],
      ["--", "driver"],
      ["--", "FOLDER"],
      ["--", "FOLDER/jacamar.toml"],
    ),
  },
);

/** Arguments of `exec`. */
export const execArguments: fc.Arbitrary<Asked> = fc.tuple(own, driver).map(
  ([parts, driver]) => ({
    args: [...parts.flatMap(({ texts }) => texts), ...driver],
    request: meaning(parts, driver),
  }),
);

function meaning(
  parts: readonly Part[],
  [separator, first, ...rest]: readonly string[],
): ExecRequest | undefined {
  const given = new Map<Key, string>();
  let unobfuscated = false;
  for (const part of parts) {
    if ("key" in part) {
      if (given.has(part.key) || part.value === "") return undefined;
      given.set(part.key, part.value);
    } else if (part.says === "nonsense") return undefined;
    else unobfuscated = true;
  }
  const configuration = given.get("configuration");
  if (configuration === undefined) return undefined;
  if (separator === undefined || first === undefined) return undefined;
  return {
    configuration,
    stage: given.get("stage"),
    user: given.get("user"),
    unobfuscated,
    driver: [first, ...rest],
  };
}

const STAGE = ["--stage", "x"];
const FILE = ["-c", "FOLDER/jacamar.toml"];
const words = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[
        "--json",
        "--stage",
        "x",
        "-c",
        "--",
        "--user",
        "0:0",
        "--format",
        "bpf",
      ],
      ...["mkdir", "ioctl", "0", "TIOCSTI", "-1", "0xffffffffffffffff", "2e3"],
      ...["--arch", "x86", "--filter", "1", "--groups", "@mount", "--pid", "1"],
      ...["--program", "FOLDER/profile.json", "FOLDER/jacamar.toml", "--help"],
    ),
    text,
  ),
  { maxLength: 4 },
);

const formats = fc.constantFrom("table", "json", "pfc", "asm", "bpf", "oci");

/** Command lines of the other commands. */
export const commandLine: fc.Arbitrary<readonly string[]> = fc.oneof(
  words.map((rest) => ["check", ...FILE, ...rest]),
  fc.constantFrom("", "--json").map((json) =>
    ["check", ...FILE, ...STAGE, json].filter((word) => word !== "")
  ),
  formats.map((format) => ["show", ...FILE, ...STAGE, "--format", format]),
  formats.map((
    format,
  ) => ["show", "--program", "FOLDER/jacamar.toml", "--format", format]),
  words.map((rest) => ["show", ...rest]),
  words.map((rest) => ["simulate", ...FILE, ...STAGE, ...rest]),
  fc.constantFrom(...STAGES).map((stage) => [
    ...["simulate", ...FILE, `--stage=${stage}`, "--json", "mkdir"],
  ]),
  fc.constantFrom(...STAGES).map((stage) => [
    ...["diff", `--stage=${stage}`, "FOLDER/jacamar.toml", "FOLDER/other.toml"],
  ]),
  words.map((rest) => ["diff", ...rest]),
  words,
);
