import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url).pathname;
const EPOCH = "1700000000";
/** What the document is about; any file will do. */
const SUBJECT = "main.ts";

/** What is read of a CycloneDX document. */
interface Document {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: {
    readonly timestamp: string;
    readonly component: Component;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn?: readonly string[];
  }[];
}

interface Component {
  readonly type: string;
  readonly "bom-ref": string;
  readonly name: string;
  readonly version?: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes?: readonly {
    readonly alg: string;
    readonly content: string;
  }[];
}

Deno.test("the bill of materials names every npm package that is in the bundle, with the hash that pins it", async () => {
  const { npm } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`));
  const { components } = JSON.parse(await bill());
  const named = (components as Component[])
    .filter(({ purl }) => purl.startsWith("pkg:npm/"))
    .map(({ name, version, hashes }) => [`${name}@${version}`, hashes]);
  const bundled = await bundledPackages();
  assert.ok(bundled.length > 3, bundled.join());
  assert.deepEqual(
    named,
    bundled.map((id) => {
      const [alg, base64] = npm[id].integrity.split(/-(.*)/);
      assert.equal(alg, "sha512");
      const content = Uint8Array.fromBase64(base64).toHex();
      return [id, [{ alg: "SHA-512", content }]];
    }),
  );
});

Deno.test("the bill of materials is what CycloneDX 1.6 asks for, and refers to nothing that it does not name", async () => {
  const document: Document = JSON.parse(await bill());
  const { metadata, components, dependencies } = document;
  assert.deepEqual(
    [document.bomFormat, document.specVersion, document.version],
    ["CycloneDX", "1.6", 1],
  );
  assert.match(
    document.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.equal(Date.parse(metadata.timestamp), Number(EPOCH) * 1000);
  const all = [metadata.component, ...components];
  const refs = new Set(all.map((component) => component["bom-ref"]));
  assert.equal(refs.size, all.length);
  for (const { type, name, purl, licenses } of all) {
    assert.match(type, /^(application|platform|library)$/);
    assert.match(purl, /^pkg:[a-z]+\//);
    assert.equal(licenses.length, 1, name);
  }
  for (const name of ["deno", "v8", "libseccomp"]) {
    assert.ok(components.some((component) => component.name === name), name);
  }
  for (const { ref, dependsOn = [] } of dependencies) {
    for (const id of [ref, ...dependsOn]) assert.ok(refs.has(id), id);
  }
  assert.deepEqual(new Set(dependencies.map(({ ref }) => ref)), refs);
});

Deno.test("the serial number of the bill of materials tells whether its content is the same", async () => {
  const serial = async (epoch: string) =>
    JSON.parse(await bill(epoch)).serialNumber;
  assert.equal(await serial(EPOCH), await serial(EPOCH));
  assert.notEqual(await serial(EPOCH), await serial("1700000001"));
});

Deno.test("the copyright file has every npm package that is in the bundle, and the text of each licence that it names", async () => {
  const text = await deno([
    "run",
    "--quiet",
    "--allow-read",
    "--allow-run",
    "scripts/licences.ts",
  ]);
  const bundled = await bundledPackages();
  assert.deepEqual(
    [...text.matchAll(/^Files: npm\/(.+)\/\*\nCopyright: ./gm)]
      .map(([, name]) => name),
    bundled.map((id) => id.replace(/@[^@]+$/, "")),
  );
  const withText = new Set(
    [...text.matchAll(/^License: (.+)\n ./gm)].map(([, name]) => name),
  );
  for (const [, names] of text.matchAll(/^License: (.+)$/gm)) {
    for (const name of names.split(" or ")) {
      assert.ok(withText.has(name), name);
    }
  }
});

/** Prints the document. */
function bill(epoch = EPOCH): Promise<string> {
  return deno(
    [
      ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-run"],
      ...["--allow-env=SOURCE_DATE_EPOCH", "scripts/sbom.ts"],
      ...[SUBJECT, "x86_64"],
    ],
    { SOURCE_DATE_EPOCH: epoch },
  );
}

/** The packages whose files the bundler says that it has taken, in order. */
async function bundledPackages(): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of ["main.ts", "src/mod.ts", "src/scaffold/library.ts"]) {
    const bundle = await deno([
      "bundle",
      "--quiet",
      "--sourcemap=inline",
      entry,
    ]);
    const map = atob(
      bundle.split("sourceMappingURL=data:application/json;base64,")[1],
    );
    const sources: string[] = JSON.parse(map).sources;
    for (const source of sources) {
      const [, name, version] =
        /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/(\d[^/]*)\//.exec(source) ?? [];
      if (name !== undefined) found.add(`${name}@${version}`);
    }
  }
  return [...found].sort();
}

async function deno(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
