/**
 * Profiles of container runtimes, right and wrong.
 *
 * @module
 */
import fc from "fast-check";
import { OCI_ACTIONS, OCI_OPERATORS } from "../src/policy/oci/names.ts";
import { formatExactJson } from "../src/policy/exact_json.ts";

const ACTIONS = Object.keys(OCI_ACTIONS);
const names = [
  ...["mkdir", "socket", "ioctl", "clone", "personality", "read", "semop"],
  ...[
    "setuid",
    "waitpid",
    "shmget",
    "prctl",
    "nosuchcall",
    "arm_sync_file_range",
  ],
];
const ARCHITECTURES = [
  ...["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_NATIVE"],
  ...["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_S390X", "SCMP_ARCH_FOO"],
];

const value = fc.oneof(
  fc.constantFrom<number | bigint>(0, 1, 2, 5, 0xffff_ffff, 2 ** 32),
  fc.constantFrom(2n ** 63n, 2n ** 64n - 1n),
);

const argument = fc.record({
  index: fc.oneof({ weight: 9, arbitrary: fc.nat(2) }, {
    weight: 1,
    arbitrary: fc.nat(6),
  }),
  value,
  valueTwo: value,
  op: fc.constantFrom(...Object.keys(OCI_OPERATORS)),
}, { requiredKeys: ["index", "value", "op"] });

/**
 * Conditions that libseccomp comes to an end with: an order on one argument
 * together with others on another can have it search for ever.
 */
const equal = argument.map((each) => ({ ...each, op: "SCMP_CMP_EQ" }));
const args = fc.oneof(
  { weight: 20, arbitrary: fc.array(equal, { maxLength: 2 }) },
  { weight: 20, arbitrary: argument.map((each) => [each]) },
  { weight: 1, arbitrary: fc.array(argument, { maxLength: 3 }) },
);

const circumstances = fc.record({
  caps: fc.constantFrom([], ["CAP_SYS_ADMIN"], ["CAP_CHOWN"]),
  arches: fc.constantFrom([], ["amd64"], ["arm64", "x86"], ["nonesuch"]),
  minKernel: fc.constantFrom("", "4.8", "99.0"),
}, { requiredKeys: [] });

const entry = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
  action: fc.constantFrom(...ACTIONS),
  errnoRet: fc.constantFrom(0, 1, 38, 4094, 4095, 70000),
  errno: fc.constantFrom<string | number>("", "EPERM", "1", 1, "99999"),
  args,
  comment: fc.constant("x"),
  includes: circumstances,
  excludes: circumstances,
}, { requiredKeys: ["names", "action"] });

const profile = fc.record({
  defaultAction: fc.constantFrom(
    ...["SCMP_ACT_ALLOW", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_ERRNO"],
    ...ACTIONS,
  ),
  defaultErrnoRet: fc.constantFrom(1, 38, 4095),
  defaultErrno: fc.constantFrom("ENOSYS", "EFOO", ""),
  architectures: fc.uniqueArray(fc.constantFrom(...ARCHITECTURES), {
    maxLength: 3,
  }),
  archMap: fc.constant([{
    architecture: "SCMP_ARCH_X86_64",
    subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  }]),
  flags: fc.subarray([
    ...["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"],
    ...["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_FOO"],
  ]),
  syscalls: fc.array(entry, { maxLength: 6 }),
}, { requiredKeys: ["defaultAction", "syscalls"] });

/** An allowlist under which a driver can be started. */
const STARTS = { names: ["execve", "exit_group"], action: "SCMP_ACT_ALLOW" };

/** What Docker's and Podman's own profiles are made of. */
const rightEntry = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...names), {
    minLength: 1,
    maxLength: 3,
  }),
  action: fc.constantFrom<readonly [string, number?]>(
    ...[["SCMP_ACT_ERRNO", 1], ["SCMP_ACT_ERRNO", 38], [
      "SCMP_ACT_ERRNO",
    ]] as const,
    ...[["SCMP_ACT_LOG"], ["SCMP_ACT_ALLOW"], ["SCMP_ACT_TRAP"]] as const,
    ...[["SCMP_ACT_TRACE", 7], ["SCMP_ACT_KILL_PROCESS"]] as const,
  ),
  args,
  limits: fc.constantFrom(
    ...[{}, {}, { includes: { caps: ["CAP_SYS_ADMIN"] } }],
    ...[{ excludes: { minKernel: "4.8" } }, {
      includes: { arches: ["amd64"] },
    }],
  ),
}).map(({ action: [action, errnoRet], limits, ...entry }): unknown => ({
  ...entry,
  ...limits,
  action,
  ...errnoRet === undefined ? {} : { errnoRet },
}));

const rightProfile = fc.record({
  defaultAction: fc.constantFrom(
    "SCMP_ACT_ALLOW",
    "SCMP_ACT_LOG",
    "SCMP_ACT_ERRNO",
  ),
  architectures: fc.constantFrom(
    ...[[], ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], ["SCMP_ARCH_X86_64"]],
    ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  ),
  flags: fc.subarray(["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]),
  syscalls: fc.array(rightEntry, { maxLength: 6 }),
}).map(({ syscalls, ...rest }): unknown => ({
  ...rest,
  syscalls: rest.defaultAction === "SCMP_ACT_ERRNO"
    ? [STARTS, ...syscalls]
    : syscalls,
}));

const oddJson = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, 1.5, 1e300, 2n ** 65n, "", "x", [], [null], {}],
  { names: ["mkdir"], action: "SCMP_ACT_ERRNO" },
);

/** A profile with a key replaced somewhere. */
const damaged = fc.tuple(profile, fc.nat(6), oddJson, fc.string()).map(
  ([whole, at, value, key]): unknown => {
    const [first, ...rest] = whole.syscalls;
    const keys = Object.keys(first ?? {});
    switch (at) {
      case 0:
        return value;
      case 1:
        return { ...whole, [key]: value };
      case 2:
        return { ...whole, syscalls: [value, ...rest] };
      case 3:
        return { ...whole, syscalls: [{ ...first, [key]: value }, ...rest] };
      default: {
        const changed = { ...first, [keys[at % keys.length] ?? "args"]: value };
        return { ...whole, syscalls: [changed, ...rest] };
      }
    }
  },
);

/** The text of a profile. */
export const profileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: rightProfile,
  },
  { weight: 1, arbitrary: profile.map((whole): unknown => whole) },
  { weight: 2, arbitrary: damaged },
).map(formatExactJson);
