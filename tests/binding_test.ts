/**
 * What the binding does when a filter is loaded, each in a process of its own.
 *
 * @module
 */
import assert from "node:assert/strict";

const CHILD = new URL("./binding_child.ts", import.meta.url).pathname;

const CASES: Readonly<
  Record<string, { what: string; prints: RegExp; signal?: string }>
> = {
  "a level that was set holds, and is told where it is too low": {
    what: "api",
    prints: /^1\nVersionError\n$/,
  },
  "a loaded rule refuses with its return code": {
    what: "load",
    prints: /^-1 28\n$/,
  },
  "ActLog lets the call pass": { what: "log", prints: /^true\n$/ },
  "ActKillProcess kills": { what: "kill", prints: /^$/, signal: "SIGSYS" },
  "loading synchronises all threads": {
    what: "threads",
    prints: /^true true\n$/,
  },
  "there is no notification descriptor before a filter is loaded": {
    what: "notify",
    prints: /notification descriptor: no filter with ActNotify is loaded/,
  },
};

for (const [name, { what, prints, signal = null }] of Object.entries(CASES)) {
  Deno.test(`binding: ${name}`, async () => {
    const result = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--cached-only",
        "-A",
        CHILD,
        what,
      ],
    }).output();
    const [stdout, stderr] = [result.stdout, result.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert.match(stdout, prints, stderr);
    assert.equal(result.signal, signal);
    if (signal === null) assert.equal(result.code, 0, stderr);
  });
}
