/**
 * Prints the bill of materials of the executable, as CycloneDX 1.6: what it
 * contains and what it needs. The same source and SOURCE_DATE_EPOCH give the
 * same text.
 *
 * Usage: sbom.ts EXECUTABLE ARCH
 *
 * @module
 */
import configuration from "../deno.json" with { type: "json" };
import { type BundledPackage, bundledPackages } from "./bundled.ts";

const [executable, arch] = Deno.args;
const NAME = "jacamar-seccomp";
const SELF = `pkg:generic/${NAME}@${configuration.version}`;
const DENO = `pkg:github/denoland/deno@v${Deno.version.deno}`;
const V8 = `pkg:generic/v8@${Deno.version.v8}`;
const LIBSECCOMP = "pkg:generic/libseccomp";

const packages = await bundledPackages();
const purls = new Map(packages.map((bundled) => [bundled.id, purlOf(bundled)]));
const sha256 = hex(
  await crypto.subtle.digest("SHA-256", Deno.readFileSync(executable)),
);

const document = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: {
    timestamp: new Date(Number(Deno.env.get("SOURCE_DATE_EPOCH")) * 1000)
      .toISOString(),
    component: {
      type: "application",
      "bom-ref": SELF,
      name: NAME,
      version: configuration.version,
      purl: `${SELF}?arch=${arch}`,
      licenses: [{ expression: "Apache-2.0 OR MIT" }],
      hashes: [{ alg: "SHA-256", content: sha256 }],
    },
  },
  components: [
    {
      type: "platform",
      "bom-ref": DENO,
      name: "deno",
      version: Deno.version.deno,
      description: "the runtime that the executable contains",
      purl: DENO,
      licenses: [{ license: { id: "MIT" } }],
    },
    {
      type: "library",
      "bom-ref": V8,
      name: "v8",
      version: Deno.version.v8,
      description: "the JavaScript engine of Deno",
      purl: V8,
      licenses: [{ license: { id: "BSD-3-Clause" } }],
    },
    ...packages.map(componentOf),
    {
      type: "library",
      "bom-ref": LIBSECCOMP,
      name: "libseccomp",
      description:
        "2.5.0 or newer, the system's own: opened at run time, not contained",
      purl: LIBSECCOMP,
      licenses: [{ license: { id: "LGPL-2.1-only" } }],
    },
  ],
  dependencies: [
    {
      ref: SELF,
      dependsOn: [...purls.values(), DENO, LIBSECCOMP],
    },
    { ref: DENO, dependsOn: [V8] },
    { ref: V8 },
    { ref: LIBSECCOMP },
    ...packages.map(({ id, dependencies }) => ({
      ref: purls.get(id),
      dependsOn: dependencies.map((dependency) => purls.get(dependency)),
    })),
  ],
};
const { bomFormat, specVersion, ...rest } = document;
const serialNumber = await serialOf(JSON.stringify(document));
console.log(
  JSON.stringify({ bomFormat, specVersion, serialNumber, ...rest }, null, 2),
);

function componentOf(bundled: BundledPackage) {
  const { id, name, version, licence, sha512, page } = bundled;
  return {
    type: "library",
    "bom-ref": purls.get(id),
    name,
    version,
    purl: purls.get(id),
    licenses: [{ license: { id: licence } }],
    hashes: [{ alg: "SHA-512", content: sha512 }],
    externalReferences: [{ type: "website", url: page }],
  };
}

function purlOf({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** A UUID made of a text, of version 8 as in RFC 9562. */
async function serialOf(text: string): Promise<string> {
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  ).slice(0, 16);
  digest[6] = digest[6] & 0x0f | 0x80;
  digest[8] = digest[8] & 0x3f | 0x80;
  const [, ...groups] =
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(digest.toHex()) ?? [];
  return `urn:uuid:${groups.join("-")}`;
}

function hex(buffer: ArrayBuffer): string {
  return new Uint8Array(buffer).toHex();
}
