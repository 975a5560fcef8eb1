/**
 * Gives the chunks of a bundle names that tell nothing of the machine: esbuild
 * names them by a hash that depends on where the repository and Deno's cache
 * lie. In their place comes a number, in the order in which the entry points
 * refer to them.
 *
 * Usage: chunks.ts FOLDER ENTRY…
 *
 * @module
 */
const HASHED = /[\w.]+-[A-Z0-9]{8}\.js/g;

const [folder, ...entries] = Deno.args;
const chunks = new Set(
  [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.match(HASHED)?.[0] === name),
);
const texts = new Map<string, string>();
const numbered = new Map<string, string>();

// What is added while it is walked through is walked through as well.
const found = new Set(entries);
for (const name of found) {
  const text = Deno.readTextFileSync(`${folder}/${name}`);
  texts.set(name, text);
  for (const [chunk] of text.matchAll(HASHED)) {
    if (!chunks.has(chunk) || found.has(chunk)) continue;
    found.add(chunk);
    numbered.set(chunk, chunk.replace(/\w{8}\.js$/, `${numbered.size}.js`));
  }
}
const lost = [...chunks].filter((chunk) => !found.has(chunk));
if (lost.length > 0) throw new Error(`nothing refers to ${lost.join(", ")}`);

for (const [name, text] of texts) {
  Deno.removeSync(`${folder}/${name}`);
  Deno.writeTextFileSync(
    `${folder}/${numbered.get(name) ?? name}`,
    text.replace(HASHED, (chunk) => numbered.get(chunk) ?? chunk),
  );
}
