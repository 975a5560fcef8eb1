import assert from "node:assert/strict";
import { ScmpError } from "./error.ts";
import { NotifRespFlagContinue, type ScmpNotifResp } from "./notification.ts";
import { notifIDValid, notifReceive, notifRespond } from "./notify.ts";

/** No process has as many descriptors. */
const CLOSED = 2 ** 31 - 1;

/** What is thrown for a reason. */
const because = (code: string, message: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof ScmpError, `${thrown}`);
  assert.equal(thrown.code, code);
  assert.match(thrown.message, message);
  return true;
};

Deno.test("a descriptor that is not open is EBADF", async () => {
  const refused = because("EBADF", /the descriptor is not open \(EBADF\)/);
  await assert.rejects(notifReceive(CLOSED), refused);
  assert.throws(() => notifRespond(CLOSED, { id: 1n }), refused);
  assert.throws(() => notifIDValid(CLOSED, 1n), refused);
});

Deno.test("a descriptor that is no listener is ENOTTY", async () => {
  const refused = because("ENOTTY", /not a filter's listener \(ENOTTY\)/);
  const STDERR = 2;
  await assert.rejects(notifReceive(STDERR), refused);
  assert.throws(() => notifRespond(STDERR, { id: 1n }), refused);
  assert.throws(() => notifIDValid(STDERR, 1n), refused);
});

Deno.test("what cannot be a descriptor is refused", async () => {
  for (const fd of [-1, 1.5, NaN, 2 ** 31]) {
    const refused = because("EINVAL", RegExp(`2\\^31-1, not ${fd}$`));
    await assert.rejects(notifReceive(fd), refused);
    assert.throws(() => notifRespond(fd, { id: 1n }), refused);
    assert.throws(() => notifIDValid(fd, 1n), refused);
  }
});

Deno.test("what cannot be an id is refused", () => {
  for (const id of [-1n, 2n ** 64n]) {
    const refused = because("EINVAL", RegExp(`2\\^64-1, not ${id}$`));
    assert.throws(() => notifRespond(CLOSED, { id }), refused);
    assert.throws(() => notifIDValid(CLOSED, id), refused);
  }
});

Deno.test("an answer that the kernel would not take is refused", () => {
  const flags = NotifRespFlagContinue;
  const answers: [Omit<ScmpNotifResp, "id">, RegExp][] = [
    [{ error: -1 }, /0 to 4095, not -1/],
    [{ error: 4096 }, /0 to 4095, not 4096/],
    [{ error: 1.5 }, /0 to 4095, not 1.5/],
    [{ val: 2n ** 64n }, /64 bits, and 18446744073709551616 has more/],
    [{ val: -(2n ** 63n) - 1n }, /has more/],
    [{ flags: 2 }, /NotifRespFlagContinue, not 2/],
    [{ flags, error: 1 }, /neither error nor value/],
    [{ flags, val: 1n }, /neither error nor value/],
  ];
  for (const [answer, message] of answers) {
    const answering = () => notifRespond(CLOSED, { id: 1n, ...answer });
    assert.throws(answering, because("EINVAL", message));
  }
});

Deno.test("an answer that is meant is not refused for its values", () => {
  const answers = [
    { error: 4095 },
    { error: 1, val: 1n },
    { val: 2n ** 64n - 1n },
    { val: -(2n ** 63n) },
    { flags: NotifRespFlagContinue },
    {},
  ];
  for (const answer of answers) {
    const answering = () => notifRespond(CLOSED, { id: 1n, ...answer });
    assert.throws(answering, because("EBADF", /not open/));
  }
});

Deno.test("a receive that is aborted before it begins has the abort's reason", async () => {
  const signal = AbortSignal.abort("enough");
  await assert.rejects(
    notifReceive(CLOSED, { signal }),
    (thrown) => thrown === "enough",
  );
});
