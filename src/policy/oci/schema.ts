import * as v from "valibot";
import { errno } from "../../libc/errno.ts";
import { OCI_ACTIONS, OCI_OPERATORS } from "./names.ts";

const LAST_ARGUMENT = 5;
const LARGEST_VALUE = 2n ** 64n - 1n;

/**
 * An object of which every key is known: one with a slip of the pen would drop
 * a condition or a rule.
 */
const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected }) => {
    if (expected === "never") {
      const known = Object.keys(entries).join(", ");
      return `unknown key; the known ones are ${known}`;
    }
    return expected === "Object" ? "must be an object" : "is missing";
  });

// Go, and with it Docker and Podman, takes null for no value, and an empty text
// for none.

const list = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.nullish(v.array(schema, "must be a list"), []);

const text = <Schema extends v.GenericSchema<string, string>>(schema: Schema) =>
  v.pipe(v.nullish(schema), v.transform((text) => text || undefined));

const oneOf = <Table extends Readonly<Record<string, unknown>>>(table: Table) =>
  v.picklist(
    Object.keys(table) as (keyof Table & string)[],
    `must be one of ${Object.keys(table).join(", ")}`,
  );

const UNSIGNED = "must be an integer from 0 up";
const unsigned = v.pipe(
  v.number(UNSIGNED),
  v.safeInteger(UNSIGNED),
  v.minValue(0, UNSIGNED),
);
const errnoNumber = v.pipe(
  v.nullish(unsigned),
  v.transform((number) => number ?? undefined),
);

const ERRNO = 'must be the name of an errno, as "EPERM", or its number';
const isErrnoName = (text: string): text is keyof typeof errno =>
  Object.hasOwn(errno, text);
/** Podman's: a name, or a number, which it writes as a text. */
const errnoName = v.pipe(
  v.nullish(v.union([
    unsigned,
    v.pipe(
      v.string(),
      v.check((text) => /^\d*$/.test(text) || isErrnoName(text), ERRNO),
    ),
  ], ERRNO)),
  v.transform((errnoOrName) => {
    if (typeof errnoOrName === "number") return errnoOrName;
    if (!errnoOrName) return undefined;
    return isErrnoName(errnoOrName) ? errno[errnoOrName] : Number(errnoOrName);
  }),
);

const VALUE = "must be an integer from 0 to 2^64-1";
/** The parser hands over larger integers than a number can hold as bigints. */
const value = v.pipe(
  v.union([v.bigint(), v.pipe(v.number(), v.safeInteger(VALUE))], VALUE),
  v.transform((value) => BigInt(value)),
  v.minValue(0n, VALUE),
  v.maxValue(LARGEST_VALUE, VALUE),
);

const INDEX = `must be the index of an argument, 0 to ${LAST_ARGUMENT}`;
const index = v.pipe(
  v.number(INDEX),
  v.integer(INDEX),
  v.minValue(0, INDEX),
  v.maxValue(LAST_ARGUMENT, INDEX),
);

const CALL = "must be the name of a system call";
const callName = v.pipe(v.string(CALL), v.regex(/^\w+$/, CALL));

const CAPABILITY = 'must be the name of a capability, as "CAP_SYS_ADMIN"';
const capability = v.pipe(
  v.string(CAPABILITY),
  v.regex(/^CAP_[A-Z_]+$/, CAPABILITY),
);

const KERNEL = 'must be a version of Linux, as "4.8"';
const kernel = v.pipe(v.string(KERNEL), v.regex(/^(\d+\.\d+)?$/, KERNEL));

const architecture = v.string("must be the name of an architecture");

const circumstances = v.nullish(
  object({
    caps: list(capability),
    arches: list(architecture),
    minKernel: text(kernel),
  }),
  {},
);

const argument = object({
  index,
  value,
  valueTwo: v.nullish(value, 0),
  op: oneOf(OCI_OPERATORS),
});

const entry = object({
  names: list(callName),
  name: text(v.union([callName, v.literal("")], CALL)),
  action: oneOf(OCI_ACTIONS),
  errnoRet: errnoNumber,
  errno: errnoName,
  args: list(argument),
  comment: text(v.string("must be a text")),
  includes: circumstances,
  excludes: circumstances,
});

/**
 * A seccomp profile as the runtime specification defines it, and what Docker and
 * Podman add to it: `archMap`; `name`, `comment`, `includes` and `excludes` of an
 * entry; Podman's `defaultErrno` and `errno`.
 *
 * Source: opencontainers/runtime-spec, config-linux.md, "Seccomp";
 * moby/profiles, seccomp/seccomp.go; containers/common, pkg/seccomp/types.go.
 */
export const OciDocument = object({
  defaultAction: oneOf(OCI_ACTIONS),
  defaultErrnoRet: errnoNumber,
  defaultErrno: errnoName,
  architectures: list(architecture),
  archMap: list(object({ architecture, subArchitectures: list(architecture) })),
  flags: list(v.string("must be the name of a flag")),
  listenerPath: text(v.string("must be a text")),
  listenerMetadata: text(v.string("must be a text")),
  syscalls: list(entry),
});

export type OciDocument = v.InferOutput<typeof OciDocument>;
/** One of `syscalls`. */
export type OciEntry = v.InferOutput<typeof entry>;
/** One of the `args` of an entry. */
export type OciArgument = v.InferOutput<typeof argument>;
/** The `includes` or `excludes` of an entry. */
export type OciCircumstances = v.InferOutput<typeof circumstances>;
