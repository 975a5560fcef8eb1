/**
 * Launches by the thousand: that all of them run their driver and leave nothing
 * behind, and what they cost.
 *
 * Usage: scripts/load [--launches N] [--parallel N]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { getLibraryVersion } from "../src/libseccomp/mod.ts";
import { launchClean, type Launches, launchMany } from "../tests/launches.ts";
import { baseEnvironment, compiled } from "../tests/program.ts";

const [folder, ...args] = Deno.args;
const { values } = parseArgs({
  args,
  options: {
    launches: { type: "string", default: "2000" },
    parallel: { type: "string", default: "64" },
  },
});
const root = new URL("../", import.meta.url).pathname;
const options = {
  launches: Number(values.launches),
  parallel: Number(values.parallel),
  folder,
  env: baseEnvironment(compiled),
};
if (!(options.launches > 0) || !(options.parallel > 0)) {
  console.error("scripts/load: --launches and --parallel are numbers above 0");
  Deno.exit(2);
}

Deno.writeTextFileSync(`${folder}/plain.toml`, "[auth.seccomp]\n");
// Many at a time share two cores: that a plugin is slow is no failure here.
Deno.writeTextFileSync(
  `${folder}/plugin.toml`,
  `[auth.seccomp]\nvalidation_plugin = "${root}plugins/mkdir.ts"\nplugin_timeout = "1m"\n`,
);
const exec = (config: string, ...driver: readonly string[]) => [
  ...compiled.command,
  ...["exec", "-c", `${folder}/${config}`, "--stage", "after_script", "--"],
  ...driver,
];

const candidates: readonly { name: string; command: readonly string[] }[] = [
  { name: "bare exec of /bin/true", command: ["/bin/true"] },
  { name: "empty compiled Deno program", command: [`${folder}/empty`] },
  { name: "exec without a plugin", command: exec("plain.toml", "/bin/true") },
  {
    name: "exec with the demo's plugin",
    command: exec("plugin.toml", "/bin/true"),
  },
];

/** In turns, so that what else the machine does falls on all alike. */
const TURNS = 5;
const turn = { ...options, launches: Math.ceil(options.launches / TURNS) };
const results = candidates.map((): Launches[] => []);
for (let round = 0; round < TURNS; round++) {
  for (const [index, { name, command }] of candidates.entries()) {
    const launches = await launchMany(command, turn);
    const failed = launches.all.filter(({ status }) => status !== 0).length;
    if (failed > 0) {
      throw new Error(`${name}: ${failed} failed: ${launches.output}`);
    }
    results[index].push(launches);
  }
}
await launchClean(exec("plugin.toml"), options);

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = results.map((turns) => ({
  all: turns.flatMap(({ all }) => all),
  seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0),
})).map(({ all, seconds }) => ({
  seconds,
  time: median(all.map(({ time }) => time)) / 1000,
  memory: median(all.map(({ memory }) => memory)) / 1024,
  most: Math.max(...all.map(({ memory }) => memory)) / 1024,
}));
const [, empty] = rows;
const { major, minor, micro } = getLibraryVersion();
console.log(
  `Linux ${Deno.osRelease()}, ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`,
);
console.log(
  `Deno ${Deno.version.deno}, libseccomp ${major}.${minor}.${micro}, ` +
    `${options.launches} launches, ${options.parallel} at a time\n`,
);
console.log(
  "| launches | wall time, s | ratio | CPU time each, ms | ratio | peak memory each, MiB: median | most | ratio |",
);
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
rows.forEach(({ seconds, time, memory, most }, index) => {
  const ratio = (one: number, other: number) => (one / other).toFixed(2);
  console.log(
    `| ${candidates[index].name} | ${seconds.toFixed(1)} | ${
      ratio(seconds, empty.seconds)
    } | ${time.toFixed(1)} | ${ratio(time, empty.time)} | ${
      memory.toFixed(1)
    } | ${most.toFixed(1)} | ${ratio(memory, empty.memory)} |`,
  );
});
console.log(
  `\nload: ${options.launches} launches, 0 failures, nothing left behind`,
);
