import assert from "node:assert/strict";
import { checkInstalled, type Files, listing } from "./installed.ts";
import { excusesOf } from "./page_settings.ts";
import { compiled, hasCommand, isRoot, testUnless } from "./program.ts";
import { artefact, EPOCH, folder, release, succeed } from "./release.ts";

const NO_DEBIAN = compiled.missing ??
  (hasCommand("dpkg-deb") ? undefined : "dpkg-deb is missing");
const NO_RPM = compiled.missing ??
  (hasCommand("rpmbuild") ? undefined : "rpmbuild is missing");
const NO_ROOT = isRoot ? undefined : "only root can install packages";
const DEBIAN_ONLY = /changelog\.Debian\.gz$|^share\/lintian\//;
/** As `uname -m` has it. */
const ARCH = Deno.build.arch;
let checked: Promise<Files> | undefined;

testUnless(
  compiled.missing,
  "two releases of the same source are the same bytes, whatever folder they are made in",
  async () => {
    const { folders: [one, other] } = await release();
    const names = await listing(one);
    assert.ok(names.length > 3, names.join());
    assert.deepEqual(await listing(other), names);
    for (const name of names) {
      await succeed(["cmp", `${one}/${name}`, `${other}/${name}`]);
    }
  },
);

testUnless(
  compiled.missing,
  "SHA256SUMS is of all that a release holds, and what it lacks is named",
  async () => {
    const { folders: [path], messages } = await release();
    await succeed(["sha256sum", "--check", "--strict", "SHA256SUMS"], path);
    const names = (await listing(path)).map((name) => name.slice(2));
    const sums = Deno.readTextFileSync(`${path}/SHA256SUMS`).trimEnd();
    const listed = sums.split("\n").map((line) => line.split("  ")[1]);
    assert.deepEqual([...listed, "SHA256SUMS"].sort(), names);
    for (const arch of ["x86_64", "aarch64"]) {
      const isMade = listed.some((name) => name.endsWith(`-${arch}`));
      const isNamed = messages.includes(`not made: anything for ${arch}: `);
      assert.notEqual(isMade, isNamed, `${arch}: ${messages}`);
    }
  },
);

testUnless(
  compiled.missing,
  "the bill of materials is of the executable beside it, and of the commit's time",
  async () => {
    const path = await artefact(`-${ARCH}.cdx.json`);
    const { metadata } = JSON.parse(Deno.readTextFileSync(path));
    assert.equal(Date.parse(metadata.timestamp), EPOCH * 1000);
    const sums = await succeed(["sha256sum", await artefact(`-${ARCH}`)]);
    assert.equal(metadata.component.hashes[0].content, sums.split(" ")[0]);
  },
);

testUnless(
  compiled.missing,
  "the tarball unpacks to a prefix from which the program runs",
  async () => {
    await tarballFiles();
  },
);

testUnless(
  compiled.missing,
  "the commands of the page on operating check what the tarball unpacked, and remove it",
  async () => {
    const prefix = folder();
    await unpack(prefix);
    for (const line of excusesOf("docs/operating.md")) {
      const command = line.replaceAll("/usr/local", prefix);
      await succeed(["bash", "-e", "-o", "pipefail", "-c", command], prefix);
    }
    const left = ["find", prefix, "!", "-type", "d"];
    assert.equal(await succeed(left), "");
  },
);

testUnless(
  NO_DEBIAN ?? NO_ROOT,
  "the Debian package installs, runs the demo's job, and leaves nothing behind",
  async () => {
    const root = folder();
    for (const name of ["info", "updates", "triggers"]) {
      Deno.mkdirSync(`${root}/var/lib/dpkg/${name}`, { recursive: true });
    }
    Deno.writeTextFileSync(`${root}/var/lib/dpkg/status`, "");
    // Where the machine's dpkg leaves documentation out, this one does not.
    const dpkg = ["dpkg", `--root=${root}`, "--path-include=/usr/*"];
    const before = await files(root);
    const path = await artefact(".deb");
    await succeed([...dpkg, "--force-depends", "--install", path]);
    const installed = await checkInstalled(`${root}/usr`);
    sameFiles(installed, await tarballFiles());
    await succeed([...dpkg, "--purge", "jacamar-seccomp"]);
    assert.deepEqual(await files(root), before);
  },
);

testUnless(
  NO_DEBIAN,
  "the Debian package says what it needs and who it is for",
  async () => {
    const path = await artefact(".deb");
    const fields = await succeed(["dpkg-deb", "--field", path]);
    assert.match(fields, /^Architecture: (amd64|arm64)$/m);
    assert.match(
      fields,
      /^Depends: libc6 \(>= 2\.27\), .*libseccomp2 \(>= 2\.5\.0\)$/m,
    );
    const members = await succeed(["dpkg-deb", "--contents", path]);
    for (const member of members.trimEnd().split("\n")) {
      assert.match(member, /^[-dl]rwx?r?-?.{6} root\/root /);
    }
  },
);

testUnless(
  NO_RPM ?? NO_ROOT,
  "the RPM installs the same files, and leaves nothing behind",
  async () => {
    const root = folder();
    // These are the distribution's.
    for (
      const name of ["bin", "share/doc", "share/licenses", "share/man/man1"]
    ) {
      Deno.mkdirSync(`${root}/usr/${name}`, { recursive: true });
    }
    const rpm = ["rpm", "--root", root, "--dbpath", "/var/lib/rpm"];
    const before = await files(root);
    const path = await artefact(".rpm");
    await succeed([...rpm, "--nodeps", "--nosignature", "--install", path]);
    await succeed([...rpm, "--verify", "--nodeps", "jacamar-seccomp"]);
    const installed = await checkInstalled(`${root}/usr`);
    sameFiles(installed, await tarballFiles());
    await succeed([...rpm, "--erase", "jacamar-seccomp"]);
    assert.deepEqual(await files(root), before);
  },
);

testUnless(
  NO_RPM,
  "the RPM is whole, needs glibc 2.27 at most, and libseccomp by either name",
  async () => {
    const path = await artefact(".rpm");
    const digests = await succeed(["rpm", "-K", "--nosignature", path]);
    assert.match(digests, /: digests OK\n$/);
    const needs = await succeed(["rpm", "-qp", "--requires", path]);
    assert.ok(
      needs.includes("(libseccomp >= 2.5.0 or libseccomp2 >= 2.5.0)\n"),
      needs,
    );
    const minors = needs.matchAll(/\(GLIBC_2\.(\d+)[.\d]*\)/g);
    assert.equal(Math.max(...minors.map(([, minor]) => Number(minor))), 27);
    const tags = ["--queryformat", "%{BUILDTIME} %{BUILDHOST}"];
    assert.equal(
      await succeed(["rpm", "-qp", ...tags, path]),
      `${EPOCH} reproducible`,
    );
  },
);

/** What the tarball holds, which is checked once. */
function tarballFiles(): Promise<Files> {
  checked ??= checkTarball();
  return checked;
}

async function checkTarball(): Promise<Files> {
  const prefix = folder();
  await unpack(prefix);
  return await checkInstalled(prefix);
}

async function unpack(prefix: string): Promise<void> {
  const path = await artefact(`-${ARCH}.tar.gz`);
  await succeed(["tar", "-C", prefix, "--strip-components=1", "-xzf", path]);
}

/** What is below a root, apart from the package manager's own database. */
async function files(root: string): Promise<string[]> {
  return (await listing(root)).filter((path) => !path.startsWith("./var"));
}

/** Two packages hold the same bytes under the same names. */
function sameFiles(one: Files, other: Files): void {
  const own = [...one].filter(([path]) => !DEBIAN_ONLY.test(path));
  assert.deepEqual(own.sort(), [...other].sort());
}
