/**
 * Times starts, one after the other in turns, so that what else the machine
 * does falls on all alike.
 *
 * Usage: scripts/bench [ROUNDS]
 *
 * @module
 */
import { getLibraryVersion } from "../src/libseccomp/mod.ts";

const [scratch, rounds = "300"] = Deno.args;
const root = new URL("../", import.meta.url).pathname;
const ours = `${root}build/jacamar-seccomp`;

Deno.writeTextFileSync(`${scratch}/plain.toml`, "[auth.seccomp]\n");
Deno.writeTextFileSync(
  `${scratch}/plugin.toml`,
  `[auth.seccomp]\nvalidation_plugin = "${root}plugins/mkdir.ts"\n`,
);

const exec = (config: string) => [
  ours,
  ...[
    "exec",
    "-c",
    `${scratch}/${config}`,
    "--stage",
    "after_script",
    "--",
    "/bin/true",
  ],
];

const candidates: readonly { name: string; command: readonly string[] }[] = [
  { name: "bare exec of /bin/true", command: ["/bin/true"] },
  { name: "empty compiled Deno program", command: [`${scratch}/empty`] },
  { name: "exec without a plugin", command: exec("plain.toml") },
  { name: "exec with the demo's plugin", command: exec("plugin.toml") },
];

const times = candidates.map((): number[] => []);
for (let round = -5; round < Number(rounds); round++) {
  candidates.forEach(({ name, command: [file, ...args] }, index) => {
    const start = performance.now();
    const { success } = new Deno.Command(file, { args, stdin: "null" })
      .outputSync();
    const time = performance.now() - start;
    if (!success) throw new Error(`${name} failed`);
    // The first rounds fill the page cache.
    if (round >= 0) times[index].push(time);
  });
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = times.map(median);
const empty = medians[1];
const { major, minor, micro } = getLibraryVersion();
console.log(
  `Linux ${Deno.osRelease()}, ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`,
);
console.log(
  `Deno ${Deno.version.deno}, libseccomp ${major}.${minor}.${micro}, ${rounds} rounds\n`,
);
console.log(
  "| start, until it has ended | median, ms | ratio to the empty program |",
);
console.log("| --- | ---: | ---: |");
candidates.forEach(({ name }, index) => {
  const time = medians[index].toFixed(1);
  console.log(`| ${name} | ${time} | ${(medians[index] / empty).toFixed(2)} |`);
});

/** One proof in a process of its own, as cold as in `exec`. */
function timeProofs(what: string): number {
  const once = () => {
    const { stdout } = new Deno.Command(`${scratch}/proof`, { args: [what] })
      .outputSync();
    return Number(new TextDecoder().decode(stdout));
  };
  return median(Array.from({ length: Math.ceil(Number(rounds) / 5) }, once));
}

console.log("\n| proof, cold | median, ms |");
console.log("| --- | ---: |");
for (
  const [name, what] of [
    ["the demo's filter", "demo"],
    ["an allowlist of 400 calls", "allowlist"],
  ]
) console.log(`| ${name} | ${timeProofs(what).toFixed(2)} |`);
