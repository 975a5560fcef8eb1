import * as v from "valibot";
import { errno, type ErrnoName } from "../libc/errno.ts";
import { parseDuration } from "./duration.ts";

/**
 * libseccomp takes no higher errno: it must be below the kernel's `MAX_ERRNO`,
 * 4095.
 */
const MAX_ERRNO = 4094;

const boolean = v.boolean("must be true or false");
const callName = v.pipe(
  v.string("must be the name of a system call"),
  v.regex(
    /^[a-z0-9_]+$/,
    (issue) => `${issue.received} is not the name of a system call`,
  ),
);
const calls = v.array(callName, "must be a list of system call names");
const file = v.pipe(
  v.string("must be the path of a file"),
  v.nonEmpty("must not be empty"),
);
const files = v.union(
  [file, v.array(file)],
  "must be the path of a file, or a list of them",
);

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

/** `[auth.seccomp]`, with its defaults. */
const SeccompTable = v.strictObject({
  disabled: v.optional(boolean, false),
  block_all: v.optional(boolean, false),
  allow_calls: v.optional(calls),
  block_calls: v.optional(calls),
  validation_plugin: v.optional(files),
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

/** The keys that `[auth.seccomp]` may have. */
export const SECCOMP_KEYS: readonly string[] = Object.keys(
  SeccompTable.entries,
);
