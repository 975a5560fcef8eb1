import assert from "node:assert/strict";
import { effectiveUser, resolveUser } from "./user.ts";

Deno.test("ids are taken as they are", () => {
  assert.deepEqual(resolveUser("1000:2000"), { uid: 1000, gid: 2000 });
  assert.deepEqual(resolveUser("0:4294967294"), { uid: 0, gid: 4294967294 });
});

Deno.test("a name, and the group of a number, are those of /etc/passwd", () => {
  assert.deepEqual(resolveUser("root"), { uid: 0, gid: 0 });
  assert.deepEqual(resolveUser("0"), { uid: 0, gid: 0 });
});

Deno.test("what is no user is refused", () => {
  for (const user of ["", "no-such-user", "+", "1000:", ":1000", "-1", "1:x"]) {
    assert.throws(() => resolveUser(user), { code: "EUSER" }, user);
  }
  for (const user of ["4294967295:0", "0:4294967295", "99999999999:1"]) {
    assert.throws(() => resolveUser(user), /is not one from 0 to/, user);
  }
});

Deno.test("the effective ids are the process's own", () => {
  assert.deepEqual(effectiveUser(), { uid: Deno.uid(), gid: Deno.gid() });
});
