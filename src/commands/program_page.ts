import type { Page } from "./define.ts";

/** What is told of the whole program. */
export const PROGRAM_PAGE: Page = {
  brief: "Run a CI job under a seccomp filter",
  usage: [
    "COMMAND …",
    "help [COMMAND…]",
    "--version [--json]",
  ],
  description: [
    "GitLab Runner's custom executor starts jacamar-seccomp exec in front of Jacamar CI's jacamar-auth. It works out the job's stage, builds a filter from [auth.seccomp] of jacamar.toml and the site's plugin, proves that what libseccomp generated is what was asked for, loads it and becomes jacamar-auth. The other commands walk the same way and load nothing, so that a policy can be looked at before a job meets it.",
  ],
  examples: [
    {
      command: "jacamar-seccomp help exec",
      what: "Print the help of a command",
    },
    {
      command: "jacamar-seccomp check -c jacamar.toml",
      what: "Say what each stage's filter does",
    },
    {
      command:
        "jacamar-seccomp exec -c jacamar.toml -- jacamar-auth run script.sh after_script",
      what: "Become the driver, with the filter on",
    },
  ],
  exitCodes: [
    { code: "0", what: "all is well" },
    { code: "1", what: "something was found" },
    { code: "2", what: "it could not run" },
    {
      code: "SYSTEM_FAILURE_EXIT_CODE",
      what:
        "of exec and learn: the job was not run; 2 if the variable is not set",
    },
  ],
};

/** Variables of the environment that are heeded, and what they do. */
export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    "SYSTEM_FAILURE_EXIT_CODE",
    "The exit code of exec and learn for a job that was not run, from 1 to 255. GitLab Runner sets it.",
  ],
  ["PATH", "Where a driver without a slash is searched for."],
  [
    "NO_COLOR",
    "Set to anything, nothing is coloured. Nor is it where TERM is dumb, or standard output is no terminal.",
  ],
];

/** Files that are read. */
export const FILES: readonly (readonly [string, string])[] = [
  [
    "jacamar.toml",
    "The configuration, wherever --configuration says. Of its tables, [auth.seccomp] and [auth.logging] are read. Nobody but root and its owner may be able to write it.",
  ],
  [
    "libseccomp.so.2",
    "The library, 2.5.0 or newer, from where the system's loader finds it.",
  ],
  ["/etc/passwd", "Where the names of users are looked up."],
];
