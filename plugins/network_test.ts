import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./network.ts";

const configuration = Deno.build.arch === "x86_64"
  ? { architectures: ["native", "x86"] }
  : {};
const script = await expand(seccompExpansion, { configuration });
const sources = await expand(seccompExpansion, {
  stage: "get_sources",
  configuration,
});

const PASSES = "ActAllow";
const REFUSED = "ActErrno(EAFNOSUPPORT)";
const HIGH_BITS = 0xdead_beef_0000_0000n;

const table: [family: Argument, script: string, sources: string][] = [
  ["AF_UNSPEC", REFUSED, REFUSED],
  ["AF_UNIX", PASSES, PASSES],
  ["AF_INET", REFUSED, PASSES],
  ["AF_INET6", REFUSED, PASSES],
  ["AF_NETLINK", PASSES, PASSES],
  ["AF_PACKET", REFUSED, REFUSED],
  ["AF_ALG", REFUSED, REFUSED],
  ["AF_VSOCK", REFUSED, REFUSED],
  ["AF_MCTP", REFUSED, REFUSED],
  [46, REFUSED, REFUSED],
  [-1, REFUSED, REFUSED],
  [HIGH_BITS | 2n, REFUSED, REFUSED],
  [2n << 32n, REFUSED, REFUSED],
];
for (const [family, ...wanted] of table) {
  for (const call of ["socket", "socketpair"]) {
    const verdicts = wanted.join(" in the job's script and ");
    Deno.test(`${call} of family ${family} gets ${verdicts} in get_sources`, () => {
      const got = [script, sources].map((expansion) =>
        `${simulate(expansion, call, family, "SOCK_STREAM")}`
      );
      assert.deepEqual(got, wanted);
    });
  }
}

Deno.test("a stage that nobody has heard of has no network", async () => {
  const expansion = await expand(seccompExpansion, { stage: "step_new" });
  assert.equal(simulate(expansion, "socket", "AF_INET").errno, "EAFNOSUPPORT");
});

Deno.test("what is done with a socket is not looked at", () => {
  assert.ok(simulate(script, "connect", 3).passes);
  assert.ok(simulate(script, "sendto", 3).passes);
});

Deno.test("io_uring, which could make any socket, is not there", () => {
  assert.equal(simulate(script, "io_uring_setup").errno, "ENOSYS");
  assert.equal(simulate(sources, "io_uring_setup").errno, "ENOSYS");
});

const onX86: [verdict: string, call: string, ...args: Argument[]][] = [
  [PASSES, "socket", "AF_UNIX"],
  [REFUSED, "socket", "AF_INET"],
  // Through socketcall no argument can be seen: not even the family.
  [REFUSED, "socketcall", "SYS_SOCKET"],
  [REFUSED, "socketcall", "SYS_SOCKETPAIR"],
  [PASSES, "socketcall", "SYS_CONNECT"],
];
for (const [wanted, call, ...args] of onX86) {
  Deno.test({
    name: `${call}(${args}) of 32-bit x86 gets ${wanted} in the job's script`,
    ignore: Deno.build.arch !== "x86_64",
    fn: () => {
      const verdict = simulate(script, { call, arch: "x86" }, ...args);
      assert.equal(`${verdict}`, wanted);
    },
  });
}
