import * as v from "valibot";
import { errno, type ErrnoName } from "../libc/errno.ts";
import { getArchFromString, getNativeArch } from "../libseccomp/mod.ts";
import { parseDuration } from "./duration.ts";

/**
 * libseccomp takes no higher errno: it must be below the kernel's `MAX_ERRNO`,
 * 4095.
 */
const MAX_ERRNO = 4094;

const boolean = v.boolean("must be true or false");
const callName = v.pipe(
  v.string("must be the name of a system call or of a @group"),
  v.regex(
    /^(?:@[a-z-]+|[a-z0-9_]+)$/,
    (issue) => `${issue.received} is not the name of a system call or @group`,
  ),
);
const calls = v.array(
  callName,
  "must be a list of names of system calls and @groups",
);
const file = v.pipe(
  v.string("must be the path of a file"),
  v.nonEmpty("must not be empty"),
);
const files = v.union(
  [file, v.array(file)],
  "must be the path of a file, or a list of them",
);

const DIGEST = "must be a SHA-256 digest, 64 hexadecimal digits";
const digest = v.pipe(
  v.string(DIGEST),
  v.regex(/^[0-9a-f]{64}$/i, DIGEST),
  v.toLowerCase(),
);
const digests = v.union(
  [digest, v.array(digest, DIGEST)],
  `${DIGEST}, or a list of them`,
);

const architectures = v.pipe(
  v.array(
    v.pipe(
      v.string("must be the name of an architecture"),
      v.check(
        isArchName,
        (issue) => `there is no architecture ${issue.received}`,
      ),
      v.transform(getArchFromString),
    ),
    "must be a list of architectures",
  ),
  v.check(
    (list) => list.includes(getNativeArch()),
    `must have "native", or the driver could not be started`,
  ),
);

const capability = v.pipe(
  v.string("must be the name of a capability"),
  v.regex(
    /^CAP_[A-Z_]+$/,
    (issue) => `${issue.received} is not the name of a capability`,
  ),
);

function isArchName(name: string): boolean {
  try {
    getArchFromString(name);
    return true;
  } catch {
    return false;
  }
}

const isErrnoName = (text: string): text is ErrnoName =>
  Object.hasOwn(errno, text);
const ERRNO =
  `must be the name of an errno, as "EPERM", or a number from 1 to ${MAX_ERRNO}`;
const errnoValue = v.union([
  v.pipe(
    v.string(),
    v.check(isErrnoName, ERRNO),
    v.transform((name) => errno[name as ErrnoName]),
  ),
  v.pipe(
    v.number(),
    v.integer(ERRNO),
    v.minValue(1, ERRNO),
    v.maxValue(MAX_ERRNO, ERRNO),
  ),
], ERRNO);

const DURATION =
  'must be a duration above 0 and at most "10m", as "5s", "1.5s" or "250ms"';
const duration = v.pipe(
  v.string(DURATION),
  v.check((text) => parseDuration(text) !== undefined, DURATION),
  v.transform((text) => parseDuration(text) as number),
);

/** What can be said for all stages, and for one more. */
const stageLists = {
  allow_calls: v.optional(calls),
  block_calls: v.optional(calls),
  validation_plugin: v.optional(files),
  validation_plugin_sha256: v.optional(digests),
};

/** `[auth.seccomp.stages.NAME]`. */
const StageTable = v.strictObject(stageLists, "must be a table");

/** A date is an object as well, and would be taken for an empty table. */
const isNoDate = v.check(
  (value: unknown) => !(value instanceof Date),
  "must be a table, not a date or a time",
);

/** Names that no record can have: valibot would drop them without a word. */
const RESERVED = ["__proto__", "prototype", "constructor"];

/** `[auth.seccomp.stages]`. */
const stages = v.pipe(
  v.unknown(),
  v.check(
    (value) => RESERVED.every((name) => !Object.hasOwn(Object(value), name)),
    `a stage cannot be called ${RESERVED.join(", ")}`,
  ),
  isNoDate,
  v.record(
    v.string(),
    v.pipe(v.unknown(), isNoDate, StageTable),
    "must be a table of stages",
  ),
);

/** `[auth.seccomp]`, with its defaults. */
const SeccompTable = v.strictObject({
  disabled: v.optional(boolean, false),
  block_all: v.optional(boolean, false),
  ...stageLists,
  profile: v.optional(file),
  profile_capabilities: v.optional(
    v.array(capability, "must be a list of capabilities"),
  ),
  architectures: v.optional(architectures),
  limit_setuid: v.optional(boolean, false),
  enforce_defaults: v.optional(boolean, false),
  mode: v.optional(
    v.picklist(["enforce", "log"], 'must be "enforce" or "log"'),
    "enforce",
  ),
  log_denied: v.optional(boolean, false),
  stages: v.optional(stages, {}),
  plugin_timeout: v.optional(duration, "5s"),
  block_tty_injection: v.optional(boolean, true),
  errno: v.optional(errnoValue, "EPERM"),
  no_new_privs: v.optional(
    v.union([v.literal("auto"), v.boolean()], 'must be "auto", true or false'),
    "auto",
  ),
});

/** Jacamar's names for levels, which are logrus's, and what they are here. */
const LEVELS = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  fatal: "error",
  panic: "error",
} as const;
const LEVEL = `must be one of ${Object.keys(LEVELS).join(", ")}`;
const isLevel = (name: string): name is keyof typeof LEVELS =>
  Object.hasOwn(LEVELS, name);

/**
 * `[auth.logging]`, as far as it is ours: Jacamar's other keys are left alone.
 */
const LoggingTable = v.object({
  enabled: v.optional(boolean, false),
  level: v.optional(
    v.pipe(
      v.string(LEVEL),
      v.check(isLevel, LEVEL),
      v.transform((name) => LEVELS[name as keyof typeof LEVELS]),
    ),
    "info",
  ),
  location: v.optional(
    v.pipe(
      v.string('must be "syslog" or the absolute path of a file'),
      v.check(
        (text) => text === "syslog" || text.startsWith("/"),
        'must be "syslog" or the absolute path of a file',
      ),
    ),
    "syslog",
  ),
});

/** A table: not a list of them (`[[auth]]`), which would be one of many. */
const table = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value), "must be one table, not a list"),
    isNoDate,
    schema,
  );

const logging = v.optional(table(LoggingTable), {});

/**
 * The part of jacamar.toml that is ours. Other tables are Jacamar's and are left
 * alone.
 */
export const Configuration = v.object({
  auth: v.optional(
    table(v.object({
      seccomp: v.optional(table(SeccompTable), {}),
      logging,
    }, "must be a table")),
    {},
  ),
});

/** `[auth.logging]` alone, for when the rest is not understood. */
export const LoggingConfiguration = v.object({
  auth: v.optional(table(v.object({ logging })), {}),
});

export type Configuration = v.InferOutput<typeof Configuration>;
export type SeccompTable = v.InferOutput<typeof SeccompTable>;
/** Where and from which level on the system log is written. */
export type Logging = v.InferOutput<typeof LoggingTable>;

/** The lists of one stage, or of all of them. */
export type StageTable = v.InferOutput<typeof StageTable>;

/** The keys that `[auth.seccomp]` may have. */
export const SECCOMP_KEYS: readonly string[] = Object.keys(
  SeccompTable.entries,
);
/** The keys that `[auth.seccomp.stages.NAME]` may have. */
export const STAGE_KEYS: readonly string[] = Object.keys(StageTable.entries);
