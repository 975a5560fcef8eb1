/**
 * The kinds of cases that there are.
 *
 * @module
 */
import fc from "fast-check";
import assert from "node:assert/strict";
import {
  parseExecArguments,
  UsageError,
} from "../src/commands/exec_arguments.ts";
import { commandLine, execArguments } from "./fuzz_arguments.ts";
import { damage, mutate } from "./fuzz_bytes.ts";
import { type FuzzCase, ordinary } from "./fuzz_case.ts";
import { documents, profileDocuments } from "./fuzz_documents.ts";
import { oddPlugin } from "./fuzz_plugins.ts";
import { profileText } from "./fuzz_profiles.ts";
import { rulePlugin } from "./fuzz_rules.ts";
import { style, type Table, writeToml } from "./fuzz_toml.ts";

/** One kind of case. */
export interface Lane {
  readonly name: string;
  readonly cases: fc.Arbitrary<FuzzCase>;
  /** How many of them are enough for a quick look. */
  readonly few: number;
  /** What else must hold, of which no process is needed. */
  readonly holds?: (fuzzCase: FuzzCase) => void;
}

const NOTHING: FuzzCase = {
  files: {},
  isEvaluated: false,
  isTimed: false,
  exec: undefined,
  command: undefined,
};

const bytes = (text: string) => new TextEncoder().encode(text);

/** One in so many is run in a process of its own too. */
const share = (one: number) =>
  fc.tuple(fc.nat(one - 1), fc.boolean()).map(([n, unobfuscated]) =>
    n === one - 1 ? ordinary(unobfuscated) : undefined
  );

const EMPTY_PLUGIN = "export const seccompExpansion = () => {};\n";

/** A configuration that calls the plugin, and lists that shall hold. */
const forPlugins: fc.Arbitrary<Table> = fc.record({
  block_calls: fc.constantFrom(["mkdir", "ptrace"], ["ioctl"], ["seccomp"], []),
  enforce_defaults: fc.boolean(),
  mode: fc.constantFrom("enforce", "enforce", "log"),
  limit_setuid: fc.boolean(),
  architectures: fc.constantFrom(["native"], ["native", "x86"]),
}, { requiredKeys: [] }).map((keys): Table => ({
  auth: {
    seccomp: {
      validation_plugin: "plugin.js",
      plugin_timeout: "1s",
      ...keys,
    },
  },
}));

const configurations: fc.Arbitrary<FuzzCase> = fc.tuple(
  fc.oneof(documents(false), documents(true)),
  style,
  damage,
  share(25),
).map(([{ document }, style, damage, exec]) => ({
  ...NOTHING,
  files: {
    "jacamar.toml": mutate(writeToml(document, style), damage),
    "plugin.js": bytes(EMPTY_PLUGIN),
    "profile.json": bytes('{ "defaultAction": "SCMP_ACT_ALLOW" }'),
  },
  isEvaluated: true,
  exec,
}));

const profiles: fc.Arbitrary<FuzzCase> = fc.tuple(
  profileDocuments,
  style,
  profileText,
  damage,
  share(25),
).map(([document, style, profile, damage, exec]) => ({
  ...NOTHING,
  files: {
    "jacamar.toml": bytes(writeToml(document, style)),
    "profile.json": mutate(profile, damage),
    "plugin.js": bytes(EMPTY_PLUGIN),
  },
  isEvaluated: true,
  isTimed: true,
  exec,
}));

const rules: fc.Arbitrary<FuzzCase> = fc.tuple(
  forPlugins,
  style,
  rulePlugin,
  share(25),
).map(([document, style, plugin, exec]) => ({
  ...NOTHING,
  files: {
    "jacamar.toml": bytes(writeToml(document, style)),
    "plugin.js": bytes(plugin),
  },
  isEvaluated: true,
  isTimed: true,
  exec,
}));

const plugins: fc.Arbitrary<FuzzCase> = fc.tuple(
  forPlugins,
  style,
  oddPlugin,
  damage,
  fc.boolean(),
).map(([document, style, plugin, damage, unobfuscated]) => ({
  ...NOTHING,
  files: {
    "jacamar.toml": bytes(writeToml(document, style)),
    "plugin.js": mutate(plugin, damage),
  },
  exec: ordinary(unobfuscated),
}));

const PLAIN = {
  "jacamar.toml": bytes('[auth.seccomp]\nblock_calls = ["mkdir"]\n'),
};

const parsed: fc.Arbitrary<FuzzCase> = execArguments.map((exec) => ({
  ...NOTHING,
  exec,
}));

const args: fc.Arbitrary<FuzzCase> = execArguments.map((exec) => ({
  ...NOTHING,
  files: PLAIN,
  exec,
}));

const commands: fc.Arbitrary<FuzzCase> = fc.tuple(
  fc.oneof(configurations, profiles, rules),
  commandLine,
).map(([{ files }, command]) => ({
  ...NOTHING,
  files: { ...files, "other.toml": PLAIN["jacamar.toml"] },
  command,
}));

/** All of them. */
export const LANES: readonly Lane[] = [
  { name: "configurations", cases: configurations, few: 600 },
  { name: "profiles", cases: profiles, few: 500 },
  { name: "rules of plugins", cases: rules, few: 500 },
  { name: "behaviour of plugins", cases: plugins, few: 70 },
  { name: "arguments of exec", cases: args, few: 60 },
  { name: "other commands", cases: commands, few: 40 },
  {
    name: "parsed arguments",
    cases: parsed,
    few: 1000,
    holds: ({ exec }) => {
      if (!exec) return;
      const { args, request } = exec;
      if (request) assert.deepEqual(parseExecArguments(args), request);
      else assert.throws(() => parseExecArguments(args), UsageError);
    },
  },
];
