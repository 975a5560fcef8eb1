/**
 * Prints the licences of all that the executable contains, in the format that
 * Debian's tools read: `scripts/packaging/copyright`, and the npm packages with
 * the texts that they bring.
 *
 * Usage: licences.ts
 *
 * @module
 */
import { type BundledPackage, bundledPackages } from "./bundled.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const [, , ...mit] = Deno.readTextFileSync(`${ROOT}LICENSE-MIT`).trim()
  .split("\n\n");
const MIT = wordsOf(mit.join("\n"));

const paragraphs = [
  Deno.readTextFileSync(`${ROOT}scripts/packaging/copyright`).trim(),
  ...(await bundledPackages()).map(paragraphOf),
  `License: Expat\n${indent(mit.join("\n\n"))}`,
  "License: Apache-2.0\n The text is in LICENSE-APACHE beside this file," +
  " and on Debian in\n /usr/share/common-licenses/Apache-2.0.",
];
console.log(paragraphs.join("\n\n"));

function paragraphOf({ name, ...bundled }: BundledPackage): string {
  return [
    `Files: npm/${name}/*`,
    `Copyright: ${copyrightOf(bundled)}`,
    licenceOf(name, bundled),
  ].join("\n");
}

type Licensed = Pick<BundledPackage, "licence" | "text" | "author">;

/** What its licence says, or who wrote it. */
function copyrightOf({ text = "", author }: Licensed): string {
  const [, holder] = /^Copyright (?:\([cC]\) )?(.+)$/m.exec(text) ?? [];
  return holder ?? author;
}

/** The name of a licence that stands at the end, or another with its text. */
function licenceOf(name: string, { licence, text }: Licensed): string {
  if (licence === "Apache-2.0") return "License: Apache-2.0";
  if (text === undefined) throw new Error(`${name} brings no licence`);
  if (licence === "MIT" && wordsOf(text).endsWith(MIT)) return "License: Expat";
  return `License: ${licence}-${name}\n${indent(text.trim())}`;
}

/** A text without what typesetting adds. */
function wordsOf(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

/** As the continuation of a field. */
function indent(text: string): string {
  return text.split("\n")
    .map((line) => line.trim() === "" ? " ." : ` ${line.trimEnd()}`)
    .join("\n");
}
