/**
 * Values of configuration keys: right, nearly right, and wrong.
 *
 * @module
 */
import fc from "fast-check";
import { Raw, type Value } from "./fuzz_toml.ts";

/** Names of calls and groups that can be refused or allowed. */
export const CALLS: readonly string[] = [
  ...["mkdir", "mkdirat", "ptrace", "socket", "ioctl", "keyctl", "unshare"],
  ...["setuid", "setresuid", "seccomp", "prctl", "read", "write", "clone3"],
  ...["shmget", "waitpid", "arm_fadvise64_64", "io_uring_setup", "personality"],
  ...["@mount", "@module", "@obsolete", "@keyring", "@swap", "@setuid"],
];

const NEARLY_CALLS = [
  ...[
    "mkdirs",
    "Mkdir",
    "mkdir ",
    " mkdir",
    "mk-dir",
    "@mounts",
    "@",
    "@known",
  ],
  ...["", "0", "-1", "83", "__proto__", "constructor", "toString", "execve"],
  ...["exit_group", "@system-service", "@default", "@MOUNT", "m\u00e9kdir"],
  ...["a".repeat(5000), "restart_syscall", "socketcall", "ipc", "syscall"],
];

const DIGEST = "0123456789abcdef".repeat(4);

/** What no key takes, or hardly one. */
export const anything: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  ...[true, false, 0, 1, -1, 4095, 2 ** 53 - 1, 1.5, -0.5],
  ...["", " ", "true", "auto", "null", "\0", "../..", "/", "/dev/zero", "."],
  ...["1979-05-27T07:32:00Z", "07:32:00", "inf", "nan", "-0", "0x_1", "1__0"]
    .map((text) => new Raw(text)),
  ...["9223372036854775807", "99999999999999999999", "01", "+", "tru", "{", "="]
    .map((text) => new Raw(text)),
  ...[[], [[]], [1], [true, "mkdir"], [""], [{}], [[["x"]]]],
  ...[{}, { a: 1 }, { disabled: true }, { seccomp: {} }, { "": "" }],
);

/** A list that a key takes, and one that it nearly does. */
interface Choice {
  readonly right: fc.Arbitrary<Value>;
  readonly nearly: fc.Arbitrary<Value>;
}

const from = (...values: readonly Value[]) => fc.constantFrom(...values);

const boolean: Choice = {
  right: fc.boolean(),
  nearly: from("true", "false", 1, 0, new Raw("True"), new Raw("yes"), [true]),
};

const calls: Choice = {
  right: fc.uniqueArray(fc.constantFrom(...CALLS), { maxLength: 6 }),
  nearly: fc.oneof(
    fc.array(fc.constantFrom(...CALLS, ...NEARLY_CALLS), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.array(fc.string({ maxLength: 6, unit: "grapheme" }), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.constantFrom(...CALLS),
    fc.constantFrom(...CALLS).map((name) => Array<string>(3000).fill(name)),
  ),
};

/** What each key of `[auth.seccomp]` takes, but for stages. */
export const CHOICES: Readonly<Record<string, Choice>> = {
  allow_calls: calls,
  block_calls: calls,
  block_all: boolean,
  disabled: boolean,
  limit_setuid: boolean,
  enforce_defaults: boolean,
  log_denied: boolean,
  block_tty_injection: boolean,
  no_new_privs: {
    right: from("auto", true, true, false),
    nearly: from("Auto", "true", "", 0),
  },
  mode: { right: from("enforce", "log"), nearly: from("Log", "audit", "") },
  errno: {
    right: from("EPERM", "ENOSYS", "EACCES", 1, 38, 4094),
    nearly: from("eperm", "EFOO", "", "1", 0, -1, 4095, 1.5, "__proto__"),
  },
  architectures: {
    right: from(
      ...[["native"], ["x86_64", "x86"], ["native", "x86", "x32"]],
      ...[["native", "arm"], ["amd64"], ["native", "native"]],
    ),
    nearly: from(
      ...[[], ["x86"], ["native", "s390x"], ["Native"], ["native", "mips"]],
      ...[["native", ""], "native", ["native", "x86-64"], [
        "native",
        "ppc64le",
      ]],
    ),
  },
  plugin_timeout: {
    right: from("400ms", "500ms", "0.5s", "1s"),
    nearly: from("0s", "0ms", "5", "-1s", "11m", "1h", "1e3ms", "5 s", "", 5),
  },
  profile: {
    right: from("profile.json", "./profile.json"),
    nearly: from("absent.json", "", "/etc/shadow", "/dev/zero", "/", "\0", "~"),
  },
  profile_capabilities: {
    right: from([], ["CAP_SYS_ADMIN"], ["CAP_CHOWN", "CAP_SYS_CHROOT"]),
    nearly: from(["CAP_SYS_ADMINS"], ["SYS_ADMIN"], ["cap_chown"], "CAP_CHOWN"),
  },
  validation_plugin: {
    right: from("plugin.js", ["plugin.js"], ["plugin.js", "plugin.js"], []),
    nearly: from(
      "absent.js",
      "plugin.so",
      "",
      ["plugin.js", 1],
      "/",
      "jacamar.toml",
    ),
  },
  validation_plugin_sha256: {
    right: from(DIGEST, [DIGEST]),
    nearly: from(
      "",
      DIGEST.slice(1),
      `${DIGEST}0`,
      [DIGEST, DIGEST, DIGEST],
      [],
    ),
  },
};

/** What each key of `[auth.logging]` takes. */
export const LOGGING_CHOICES: Readonly<Record<string, Choice>> = {
  enabled: boolean,
  level: {
    right: from("trace", "info", "warning", "panic"),
    nearly: from("Info", "", "all", 3, "__proto__"),
  },
  location: {
    right: from("/dev/null", "/nonexistent/system.log", "syslog"),
    nearly: from("system.log", "", "Syslog", "/", "/\0", 1),
  },
  unstructured: { right: anything, nearly: anything },
};
