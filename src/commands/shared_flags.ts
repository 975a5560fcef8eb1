/** `--configuration FILE`, with `c` as its alias. */
export const configurationFlag = {
  kind: "parsed",
  parse: String,
  brief: "The configuration file, jacamar.toml",
  placeholder: "FILE",
} as const;

/** `--user USER`. */
export const userFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  brief: "The user that limit_setuid leaves: a name, UID or UID:GID",
  placeholder: "USER",
} as const;

/** `--stage STAGE`, any number of times. */
export const stagesFlag = {
  kind: "parsed",
  parse: String,
  variadic: true,
  optional: true,
  brief: "A stage, any number of times; by default the well-known ones",
  placeholder: "STAGE",
} as const;

/** `--json`. */
export const jsonFlag = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Print JSON",
} as const;
