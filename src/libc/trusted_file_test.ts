import assert from "node:assert/strict";
import { isRoot, Scratch, testUnless } from "../../tests/program.ts";
import { openTrusted, trustedPlace, TrustError } from "./trusted_file.ts";

const needsRoot = isRoot ? undefined : "needs root";

/** What is said of a path in a folder that a function prepares. */
function refusal(
  path: string,
  prepare: (folder: string, scratch: Scratch) => void,
): string {
  using scratch = new Scratch();
  prepare(scratch.path, scratch);
  try {
    openTrusted(`${scratch.path}/${path}`).read();
  } catch (error) {
    assert.ok(error instanceof TrustError);
    return `${error.code} ${error.message.replaceAll(scratch.path, "X")}`;
  }
  return "trusted";
}

Deno.test("a file that only its owner can change is read whole", () => {
  using scratch = new Scratch();
  const text = "x".repeat(100_000);
  const file = scratch.file("a", text);
  const opened = openTrusted(file);
  assert.equal(opened.path, Deno.realPathSync(file));
  assert.equal(opened.size, text.length);
  assert.equal(new TextDecoder().decode(opened.read()), text);
});

const CASES: Readonly<
  Record<
    string,
    [path: string, prepare: (folder: string, scratch: Scratch) => void, string]
  >
> = {
  "its group could change": [
    "a",
    (_, scratch) => scratch.file("a", "", 0o664),
    "EUNTRUSTED X/a may be changed by its group (mode 0664): chmod go-w X/a",
  ],
  "everybody could change": [
    "a",
    (_, scratch) => scratch.file("a", "", 0o646),
    "EUNTRUSTED X/a may be changed by everybody (mode 0646): chmod go-w X/a",
  ],
  "is in a folder that everybody could change": [
    "d/a",
    (folder) => {
      Deno.mkdirSync(`${folder}/d`);
      Deno.writeTextFileSync(`${folder}/d/a`, "");
      Deno.chmodSync(`${folder}/d`, 0o777);
    },
    "EUNTRUSTED X/d may be changed by everybody (mode 0777): chmod go-w X/d",
  ],
  "is reached through a folder that everybody could change": [
    "d/../a",
    (folder, scratch) => {
      scratch.file("a", "");
      Deno.mkdirSync(`${folder}/d`);
      Deno.chmodSync(`${folder}/d`, 0o777);
    },
    "EUNTRUSTED X/d may be changed by everybody (mode 0777): chmod go-w X/d",
  ],
  "is reached through a link in a folder that its group could change": [
    "d/link",
    (folder, scratch) => {
      scratch.file("a", "");
      Deno.mkdirSync(`${folder}/d`);
      Deno.symlinkSync("../a", `${folder}/d/link`);
      Deno.chmodSync(`${folder}/d`, 0o775);
    },
    "EUNTRUSTED X/d may be changed by its group (mode 0775): chmod go-w X/d",
  ],
  "a link leads to and everybody could change": [
    "link",
    (folder, scratch) => {
      scratch.file("a", "", 0o666);
      Deno.symlinkSync("a", `${folder}/link`);
    },
    "EUNTRUSTED X/a may be changed by everybody (mode 0666): chmod go-w X/a",
  ],
  "is a folder": [
    "d",
    (folder) => Deno.mkdirSync(`${folder}/d`),
    "EUNTRUSTED X/d is not a regular file",
  ],
  "is a link to a device": [
    "null",
    (folder) => Deno.symlinkSync("/dev/null", `${folder}/null`),
    "EACCES /dev: no file of the kernel's will do",
  ],
  "is where a way back up leads": [
    "d/..",
    (folder) => Deno.mkdirSync(`${folder}/d`),
    "EUNTRUSTED X is not a regular file",
  ],
  "is not there": ["a", () => {}, "ENOENT X/a: there is no such file"],
  "is below a file": [
    "a/b",
    (_, scratch) => scratch.file("a", ""),
    "ENOTDIR X/a is not a folder",
  ],
  "is a link to itself": [
    "a",
    (folder) => Deno.symlinkSync("a", `${folder}/a`),
    "ELOOP X/a: too many links",
  ],
};
for (const [name, [path, prepare, expected]] of Object.entries(CASES)) {
  Deno.test(`a file that ${name} is refused`, () => {
    assert.equal(refusal(path, prepare), expected);
  });
}

Deno.test("a fifo is refused, and not waited for", () => {
  const said = refusal("fifo", (folder) => {
    new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).outputSync();
  });
  assert.equal(said, "EUNTRUSTED X/fifo is not a regular file");
});

Deno.test("a folder that others can write to will do if it is sticky", () => {
  const said = refusal("d/a", (folder) => {
    Deno.mkdirSync(`${folder}/d`);
    Deno.writeTextFileSync(`${folder}/d/a`, "");
    Deno.chmodSync(`${folder}/d`, 0o1777);
  });
  assert.equal(said, "trusted");
});

testUnless(needsRoot, "what belongs to another user is refused", () => {
  const owned = (path: string, what: string) =>
    refusal(path, (folder, scratch) => {
      scratch.file("a", "");
      Deno.mkdirSync(`${folder}/d`);
      Deno.writeTextFileSync(`${folder}/d/a`, "");
      Deno.symlinkSync("a", `${folder}/link`);
      new Deno.Command("chown", { args: ["-h", "4242", `${folder}/${what}`] })
        .outputSync();
    });
  const said = (path: string) =>
    `EUNTRUSTED X/${path} belongs to user 4242, and must belong to root`;
  assert.equal(owned("a", "a"), said("a"));
  assert.equal(owned("d/a", "d"), said("d"));
  assert.equal(owned("link", "link"), said("link"));
});

Deno.test("a place to write to may be empty, but not another name of a file", () => {
  using scratch = new Scratch();
  const { path } = scratch;
  const file = scratch.file("a", "", 0o666);
  Deno.mkdirSync(`${path}/d`);
  Deno.chmodSync(`${path}/d`, 0o2755);
  Deno.symlinkSync("d/new", `${path}/link`);
  assert.deepEqual(trustedPlace(`${path}/./d/../a`), {
    path: file,
    isThere: true,
  });
  assert.deepEqual(trustedPlace(`${path}/link`), {
    path: `${path}/d/new`,
    isThere: false,
  });
  Deno.symlinkSync("/dev/full", `${path}/full`);
  for (const device of [`${path}/full`, "/dev/full"]) {
    assert.deepEqual(trustedPlace(device), {
      path: "/dev/full",
      isThere: true,
    });
  }
  for (const kernel of ["/dev", "/dev/", "/dev/..", "/dev/shm/a", "/proc/a"]) {
    assert.throws(() => trustedPlace(kernel), TrustError, kernel);
  }
  for (const folder of [`${path}/d`, `${path}/d/..`, "/"]) {
    assert.throws(() => trustedPlace(folder), { code: "EISDIR" });
  }
  Deno.linkSync(file, `${path}/d/other`);
  assert.throws(() => trustedPlace(file), {
    message: `${file} has other names (2 hard links)`,
  });
  Deno.chmodSync(`${path}/d`, 0o777);
  assert.throws(() => trustedPlace(`${path}/link`), {
    message:
      `${path}/d may be changed by everybody (mode 0777): chmod go-w ${path}/d`,
  });
});
