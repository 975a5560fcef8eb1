import assert from "node:assert/strict";
import { type Argument, expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./netlink.ts";

const expansion = await expand(seccompExpansion);
const HIGH_BITS = 0xdead_beef_0000_0000n;

const refused: [string, ...Argument[]][] = [
  ["as libaudit makes it", "AF_NETLINK", "SOCK_RAW|SOCK_CLOEXEC", 9],
  ["of another type", "AF_NETLINK", "SOCK_DGRAM", 9],
  ["with bits set that no int has", HIGH_BITS | 16n, 3, HIGH_BITS | 9n],
];
for (const [how, ...args] of refused) {
  Deno.test(`an audit socket ${how} is refused`, () => {
    const verdict = simulate(expansion, "socket", ...args);
    assert.equal(verdict.errno, "EAFNOSUPPORT");
    assert.equal(verdict.origin, "plugin");
  });
}

const open: [string, ...Argument[]][] = [
  ["another netlink socket", "AF_NETLINK", "SOCK_RAW", 0],
  ["a socket of another family", "AF_INET", "SOCK_RAW", 9],
  ["the family alone, in the upper half", 16n << 32n, "SOCK_RAW", 9],
];
for (const [what, ...args] of open) {
  Deno.test(`${what} is left alone`, () => {
    assert.ok(simulate(expansion, "socket", ...args).passes);
  });
}

Deno.test("io_uring is not there", () => {
  assert.equal(simulate(expansion, "io_uring_setup").errno, "ENOSYS");
});
