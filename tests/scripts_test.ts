import assert from "node:assert/strict";

Deno.test("scripts/demo plays the whole job and shows the refusal", async () => {
  const { code, stdout, stderr } = await new Deno.Command("scripts/demo", {
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, decode(stderr));
  assert.match(
    decode(stderr),
    /mkdir: cannot create directory .*: Operation not permitted/,
  );
  assert.match(
    decode(stdout),
    /The plugin refused mkdir in after_script and nowhere else\.\n$/,
  );
});
