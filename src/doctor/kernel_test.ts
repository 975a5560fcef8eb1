import assert from "node:assert/strict";
import { type ActionName, ACTIONS } from "./ask_seccomp.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { diagnoseKernel } from "./kernel.ts";
import type { KernelFacts } from "./kernel_facts.ts";

const EVERY = Object.keys(ACTIONS) as ActionName[];

const GOOD: KernelFacts = {
  release: "6.1.0-13-amd64",
  machine: "x86_64",
  loading: "EFAULT",
  actions: EVERY,
  actionsLogged: {
    text: EVERY.filter((action) => action !== "allow").join(" "),
  },
  loginuid: { text: "4294967295" },
  commandLine: { text: "quiet" },
  pidfdGetfd: "EBADF",
  showsCache: false,
  jit: { text: "1" },
  yama: { text: "1" },
  lsm: { text: "capability,yama" },
  mayTrace: false,
};

function diagnose(changes: Partial<KernelFacts>): readonly Diagnosis[] {
  return [...diagnoseKernel({ ...GOOD, ...changes })];
}

/** What is not ok, in the form `STATUS NAME: MESSAGE (MEND)`. */
function complaints(changes: Partial<KernelFacts>): string {
  return diagnose(changes).filter(({ status }) => status !== "ok")
    .map(({ status, name, message, mend }) =>
      `${status} ${name}: ${message} (${mend})`
    ).join("\n");
}

const without = (...actions: ActionName[]) =>
  EVERY.filter((action) => !actions.includes(action));

Deno.test("a kernel of today has nothing to be mended", () => {
  assert.equal(complaints({}), "");
  // Without CAP_SYS_ADMIN it asks for no_new_privs, and takes filters.
  assert.equal(complaints({ loading: "EACCES" }), "");
});

Deno.test("each fault of a kernel is told, with what mends it", () => {
  const cases: readonly (readonly [Partial<KernelFacts>, RegExp])[] = [
    [{ loading: "EINVAL" }, /^problem filters: .*CONFIG_SECCOMP_FILTER/],
    [{ loading: "EPERM" }, /^problem filters: seccomp\(2\) is refused \(EPERM/],
    [{ loading: "ANSWERED" }, /^problem filters: .* in the kernel's place/],
    [
      { actions: without("kill_process", "log") },
      /^problem actions: the kernel does not know kill_process and log/,
    ],
    [
      { actions: without("trace") },
      /^warning actions: .* plugins cannot use ActTrace/,
    ],
    [
      { actions: without("user_notif") },
      /^warning actions: [^]*^warning notification: learn does not work/m,
    ],
    [{ pidfdGetfd: "ENOSYS" }, /^warning notification: .*Linux 5\.6/],
    [{ pidfdGetfd: "EPERM" }, /^warning notification: .*is refused \(EPERM\)/],
    [{ release: "5.4.0" }, /^warning notification: .*_FLAG_CONTINUE/],
    [
      { actionsLogged: { text: "kill_process trap errno" } },
      /^warning logged: mode = "log" has .* without log \(sysctl kernel\.seccomp\.actions_logged="kill_process trap errno log"\)$/,
    ],
    [
      { actionsLogged: { text: "" } },
      /^warning logged: log_denied and mode = "log" have .* without errno and log \(/,
    ],
    [
      { loginuid: { why: "there is none" } },
      /^warning audit: .*CONFIG_AUDIT/,
    ],
    [
      { commandLine: { text: "audit=1 quiet audit=0" } },
      /^warning audit: .*booted with audit=0 \(take audit=0 from/,
    ],
    [{ jit: { text: "0" } }, /^warning jit: .*bpf_jit_enable=1/],
    [{ yama: { text: "2" } }, /^warning yama: .*is 2: only CAP_SYS_PTRACE/],
    [{ yama: { text: "3" }, mayTrace: true }, /^warning yama: .*is 3: nobody/],
  ];
  for (const [changes, said] of cases) {
    assert.match(complaints(changes), said);
  }
});

Deno.test("what is no fault is not complained of", () => {
  const cases: readonly Partial<KernelFacts>[] = [
    { commandLine: { text: "audit=0 audit=1" } },
    { yama: { text: "2" }, mayTrace: true },
    { yama: { why: "there is none" } },
    { jit: { why: "there is none" } },
    { jit: { text: "2" } },
    { lsm: { why: "there is none" } },
    { actionsLogged: { why: "EACCES" } },
  ];
  for (const changes of cases) assert.equal(complaints(changes), "");
});

Deno.test("of the cache only what can be known is told", () => {
  const cache = (changes: Partial<KernelFacts>) =>
    diagnose(changes).find(({ name }) => name === "cache")?.message;
  assert.match(cache({ release: "5.11.0" }) ?? "", /since Linux 5\.11/);
  assert.match(cache({ release: "5.10.0" }) ?? "", /cannot be told/);
  assert.match(cache({ machine: "riscv64" }) ?? "", /cannot be told/);
  const shown = cache({ release: "5.10.0", showsCache: true });
  assert.match(shown ?? "", /as \/proc shows/);
});

Deno.test("where a filter answers for the kernel, nothing is told of its actions", () => {
  const names = diagnose({ loading: "EPERM", actions: [] })
    .map(({ name }) => name);
  assert.deepEqual(names, [
    ...["version", "filters", "cache", "jit", "yama", "modules"],
  ]);
});
