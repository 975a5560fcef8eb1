import assert from "node:assert/strict";
import { isRoot, Scratch, testUnless } from "../../tests/program.ts";
import { findTrustFault } from "./trust.ts";

const needsRoot = isRoot ? undefined : "needs root";

/** Does what mends a fault, as somebody would who reads it. */
function follow(mend: string): void {
  const [command, ...args] = mend.split(" ");
  assert.ok(new Deno.Command(command, { args }).outputSync().success);
}

Deno.test("a file that others can write is mended by what is told", () => {
  using scratch = new Scratch();
  const file = scratch.file("a", "", 0o666);
  const fault = findTrustFault(file);
  assert.equal(
    fault?.message,
    `${file} may be changed by everybody (mode 0666)`,
  );
  follow(fault.mend);
  assert.equal(findTrustFault(file), undefined);
});

testUnless(
  needsRoot,
  "another user's file, folder or link is mended by what is told",
  () => {
    using scratch = new Scratch();
    Deno.mkdirSync(`${scratch.path}/folder`);
    const file = scratch.file("folder/a", "");
    const link = `${scratch.path}/link`;
    Deno.symlinkSync(file, link);
    for (const theirs of [file, `${scratch.path}/folder`, link]) {
      follow(`chown -h 65533 ${theirs}`);
      const fault = findTrustFault(link);
      assert.match(fault?.message ?? "", /belongs to user 65533/);
      follow(fault?.mend ?? "");
      assert.equal(findTrustFault(link), undefined);
    }
  },
);

Deno.test("a file that is not there is no matter of trust", () => {
  const fault = findTrustFault("/nonexistent/file");
  assert.match(fault?.message ?? "", /there is no such file/);
  assert.match(fault?.mend ?? "", /a file that is there/);
});
