import assert from "node:assert/strict";
import { ArchAMD64 } from "../../libseccomp/mod.ts";
import { ConfigurationError } from "../error.ts";
import { parseProfile, type ProfileHost } from "./profile.ts";

const HOST: ProfileHost = {
  architecture: ArchAMD64,
  kernel: "6.1.0-13-amd64",
  capabilities: new Set(),
};

function problemsOf(profile: object | string): readonly string[] {
  const text = typeof profile === "string" ? profile : JSON.stringify(profile);
  try {
    parseProfile("p.json", text, HOST);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, `${error}`);
    return error.problems;
  }
  throw new Error("it was accepted");
}

const ALLOW = { defaultAction: "SCMP_ACT_ALLOW" };
const withEntry = (members: object) => ({
  ...ALLOW,
  syscalls: [{ names: ["mkdirat"], action: "SCMP_ACT_ERRNO", ...members }],
});
const withArgument = (members: object) =>
  withEntry({
    args: [{ index: 0, value: 0, op: "SCMP_CMP_EQ", ...members }],
  });

const REFUSED: Readonly<Record<string, [object | string, RegExp]>> = {
  "no JSON": ["{", /^p\.json: not valid JSON: /],
  "no object": ["3", /^p\.json: the profile must be an object$/],
  "no default action": [{}, /^p\.json: defaultAction: is missing$/],
  "an unknown action": [
    { defaultAction: "SCMP_ACT_DENY" },
    /defaultAction: must be one of SCMP_ACT_KILL_PROCESS, /,
  ],
  "an unknown key": [
    withEntry({ arg: [] }),
    /syscalls\[0\]\.arg: unknown key; the known ones are names, name, /,
  ],
  "an unknown flag": [
    { ...ALLOW, flags: ["SECCOMP_FILTER_FLAG_NEW"] },
    /flags: SECCOMP_FILTER_FLAG_NEW is not known/,
  ],
  "a listener for the default action": [
    { defaultAction: "SCMP_ACT_NOTIFY" },
    /defaultAction: nobody would listen for SCMP_ACT_NOTIFY/,
  ],
  "a listener for an entry": [
    withEntry({ action: "SCMP_ACT_NOTIFY" }),
    /syscalls\[0\]: nobody would listen/,
  ],
  "an errno for an action without one": [
    withEntry({ action: "SCMP_ACT_LOG", errnoRet: 1 }),
    /syscalls\[0\]: SCMP_ACT_LOG takes no errno/,
  ],
  "an errno for a default action without one": [
    { ...ALLOW, defaultErrnoRet: 1 },
    /defaultAction: SCMP_ACT_ALLOW takes no errno/,
  ],
  "an errno that is too large": [
    withEntry({ errnoRet: 4095 }),
    /syscalls\[0\]: an errno is at most 4094, not 4095/,
  ],
  "an errno that there is not": [
    withEntry({ errno: "ENOPE" }),
    /syscalls\[0\]\.errno: must be the name of an errno/,
  ],
  "both name and names": [
    withEntry({ name: "read" }),
    /syscalls\[0\]: there may be only one of name and names/,
  ],
  "neither name nor names": [
    withEntry({ names: [] }),
    /syscalls\[0\]: it names no system call/,
  ],
  "what cannot be a name": [
    withEntry({ names: ["mkdir\0x"] }),
    /syscalls\[0\]\.names\[0\]: must be the name of a system call/,
  ],
  "both architectures and archMap": [
    {
      ...ALLOW,
      architectures: ["SCMP_ARCH_X86"],
      archMap: [{ architecture: "SCMP_ARCH_X86_64" }],
    },
    /architectures and archMap: there may be only one of them/,
  ],
  "an unknown architecture": [
    { ...ALLOW, architectures: ["SCMP_ARCH_AMD64"] },
    /SCMP_ARCH_AMD64 is no architecture/,
  ],
  "an argument that there is not": [
    withArgument({ index: 6 }),
    /syscalls\[0\]\.args\[0\]\.index: must be the index of an argument, 0 to 5/,
  ],
  "a negative value": [
    withArgument({ value: -1 }),
    /syscalls\[0\]\.args\[0\]\.value: must be an integer from 0 to 2\^64-1/,
  ],
  "a value of 65 bits": [
    JSON.stringify(withArgument({ value: 7 })).replace(
      "7",
      "18446744073709551616",
    ),
    /value: must be an integer from 0 to 2\^64-1/,
  ],
  "a value with a fraction": [withArgument({ value: 0.5 }), /value: must be/],
  "an unknown comparison": [
    withArgument({ op: "EQ" }),
    /op: must be one of SCMP_CMP_NE, /,
  ],
  "a version that is none": [
    withEntry({ includes: { minKernel: "4.8.1" } }),
    /includes\.minKernel: must be a version of Linux, as "4\.8"/,
  ],
  "a capability that is none": [
    withEntry({ excludes: { caps: ["SYS_ADMIN"] } }),
    /excludes\.caps\[0\]: must be the name of a capability/,
  ],
};

for (const [what, [profile, message]] of Object.entries(REFUSED)) {
  Deno.test(`a profile with ${what} is refused`, () => {
    const problems = problemsOf(profile);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0], message);
  });
}

Deno.test("everything that is wrong is told at once", () => {
  const problems = problemsOf({
    defaultAction: "SCMP_ACT_NOTIFY",
    flags: ["X"],
    syscalls: [{ action: "SCMP_ACT_ERRNO", errnoRet: 5000, name: "read" }],
  });
  assert.equal(problems.length, 3);
});
