/**
 * Configurations: sensible ones, and those with a defect or two.
 *
 * @module
 */
import fc from "fast-check";
import type { Table, Value } from "./fuzz_toml.ts";
import { anything, CALLS, CHOICES, LOGGING_CHOICES } from "./fuzz_values.ts";

/** With which any driver can be started, and ends. */
const STARTS = ["execve", "exit_group", "seccomp"];

/** What can be added to any configuration. */
const NEUTRAL = [
  ...["errno", "mode", "log_denied", "block_tty_injection", "no_new_privs"],
  ...["limit_setuid", "architectures", "enforce_defaults", "plugin_timeout"],
];

/** Names of stages; a run asks for the first. */
export const STAGES = [
  ...["x", "after_script", "step_script", "a b", "a.b", "", "\u00e9", "x86"],
] as const;

const list = (minLength: number) =>
  fc.uniqueArray(fc.constantFrom(...CALLS), { minLength, maxLength: 8 });

/** Tables of a list and a plugin for some stages. */
const stages = (key: string): fc.Arbitrary<Table> =>
  fc.dictionary(
    fc.constantFrom<string>(...STAGES),
    fc.tuple(list(0), fc.boolean()).map(([calls, hasPlugin]): Value =>
      hasPlugin
        ? { [key]: calls, validation_plugin: "plugin.js" }
        : { [key]: calls }
    ),
    { maxKeys: 2, noNullPrototype: true },
  );

/** Tables that are right, but for what two files beside them say. */
function sensible(withPlugin: boolean): fc.Arbitrary<Table> {
  const base = fc.oneof(
    fc.record({ block_calls: list(0), stages: stages("block_calls") }, {
      requiredKeys: [],
    }),
    fc.record({
      block_all: fc.constant(true),
      allow_calls: list(0).map((calls) => [...STARTS, ...calls]),
      stages: stages("allow_calls"),
    }, { requiredKeys: ["block_all", "allow_calls"] }),
  );
  const extra = fc.uniqueArray(fc.constantFrom(...NEUTRAL), { maxLength: 3 })
    .chain((keys) => record(CHOICES, keys, "right"));
  const plugin: fc.Arbitrary<Table> = withPlugin
    ? fc.constant({ validation_plugin: "plugin.js" })
    : fc.constant({});
  return fc.tuple(base, extra, plugin).map(([one, other, plugin]): Table => ({
    plugin_timeout: "1s",
    ...one,
    ...other,
    ...plugin,
  }));
}

function record(
  choices: typeof CHOICES,
  keys: readonly string[],
  which: "right" | "nearly",
): fc.Arbitrary<Table> {
  return fc.record(
    Object.fromEntries(keys.map((key) => [key, choices[key][which]])),
  );
}

const KEYS = Object.keys(CHOICES);

/** Keys that are nearly one, or one of another table. */
const oddKey = fc.oneof(
  fc.tuple(fc.constantFrom(...KEYS, "stages"), fc.nat(20), fc.nat(3)).map(
    ([key, at, how]) => {
      const place = at % key.length;
      const [before, after] = [key.slice(0, place), key.slice(place + 1)];
      if (how === 0) return before + after;
      if (how === 1) return `${before}x${key.slice(place)}`;
      return how === 2 ? key.toUpperCase() : key.replaceAll("_", "-");
    },
  ),
  fc.constantFrom("", "seccomp", "enabled", "__proto__", "constructor", "x y"),
);

/** One thing that is changed in a table. */
const defect: fc.Arbitrary<Table> = fc.oneof(
  fc.constantFrom(...KEYS).chain((key) => record(CHOICES, [key], "right")),
  fc.constantFrom(...KEYS).chain((key) => record(CHOICES, [key], "nearly")),
  fc.tuple(fc.constantFrom(...KEYS, "stages"), anything)
    .map(([key, value]) => own(key, value)),
  fc.tuple(oddKey, fc.oneof(anything, list(1)))
    .map(([key, value]) => own(key, value)),
  fc.tuple(
    fc.constantFrom(...STAGES, "__proto__", "prototype"),
    oddKey,
    anything,
  )
    .map(([stage, key, value]) => own("stages", own(stage, own(key, value)))),
);

/** A table of one key, whatever it is called. */
function own(key: string, value: Value): Table {
  return Object.fromEntries([[key, value]]);
}

const logging: fc.Arbitrary<Table> = fc.uniqueArray(
  fc.constantFrom(...Object.keys(LOGGING_CHOICES)),
  { maxLength: 3 },
).chain((keys) => record(LOGGING_CHOICES, keys, "right"));

/** Where the two tables stand. */
const placed: Readonly<
  Record<string, (seccomp: Table, logging: Table) => Table>
> = {
  right: (seccomp, logging) => ({ auth: { seccomp, logging } }),
  alone: (seccomp) => ({ auth: { seccomp } }),
  among: (seccomp, logging) => ({
    general: { name: "x", runner: { tls: true } },
    auth: { downscope: "setuid", seccomp, logging, allowed: [{ user: "x" }] },
    batch: [{ arguments: ["-n"] }],
  }),
};
const misplaced: typeof placed = {
  top: (seccomp) => ({ seccomp }),
  flat: (seccomp) => ({ auth: seccomp }),
  bare: (seccomp) => seccomp,
  listed: (seccomp) => ({ auth: { seccomp: [seccomp] } }),
  listedAbove: (seccomp) => ({ auth: [{ seccomp }] }),
  deeper: (seccomp) => ({ auth: { seccomp: { seccomp } } }),
  elsewhere: (seccomp) => ({ general: { seccomp }, auth: {} }),
  misspelt: (seccomp) => ({ auth: { secomp: seccomp } }),
  misspeltAbove: (seccomp) => ({ Auth: { seccomp } }),
  twice: (seccomp) => ({ auth: { seccomp: {} }, auht: { seccomp } }),
};

/** A document and whether it was made to be right. */
export interface Written {
  readonly document: Table;
  readonly isSensible: boolean;
}

/** @param withPlugin Whether sensible ones name `plugin.js`. */
export function documents(withPlugin: boolean): fc.Arbitrary<Written> {
  const right = fc.constantFrom(...Object.values(placed));
  const wrong = fc.constantFrom(...Object.values(misplaced));
  const whole = (seccomp: fc.Arbitrary<Table>, place = right) =>
    fc.tuple(place, seccomp, logging)
      .map(([put, table, logging]) => put(table, logging));
  const damaged = fc.tuple(
    sensible(withPlugin),
    fc.array(defect, { minLength: 1, maxLength: 2 }),
  ).map(([table, defects]): Table => Object.assign({}, table, ...defects));
  const said = (isSensible: boolean) => (document: Table): Written => ({
    document,
    isSensible,
  });
  return fc.oneof(
    { weight: 4, arbitrary: whole(sensible(withPlugin)).map(said(true)) },
    { weight: 4, arbitrary: whole(damaged).map(said(false)) },
    { weight: 1, arbitrary: whole(damaged, wrong).map(said(false)) },
    {
      weight: 1,
      arbitrary: whole(sensible(withPlugin), wrong).map(said(false)),
    },
  );
}

/** A document that says what a profile beside it is to be changed to. */
export const profileDocuments: fc.Arbitrary<Table> = fc.record({
  allow_calls: list(0),
  profile_capabilities: CHOICES.profile_capabilities.right,
  architectures: CHOICES.architectures.right,
  mode: CHOICES.mode.right,
  block_tty_injection: fc.boolean(),
  validation_plugin: fc.constant("plugin.js"),
  enforce_defaults: fc.boolean(),
}, { requiredKeys: [] }).map((keys): Table => ({
  auth: {
    seccomp: { profile: "profile.json", plugin_timeout: "400ms", ...keys },
  },
}));
