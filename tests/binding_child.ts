/**
 * Does one thing with the binding that must not happen to the process of the
 * tests, and prints what came of it. The first argument says what.
 *
 * @module
 */
import { setAPI } from "../src/libseccomp/library.ts";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActLog,
  getAPI,
  getSyscallFromName,
  type ScmpAction,
  ScmpFilter,
} from "../src/mod.ts";

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getpid: { parameters: [], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
});

function errno(): number {
  const location = libc.__errno_location();
  if (location === null) throw new Error("libc has no errno");
  return new Deno.UnsafePointerView(location).getInt32();
}

function loadRule(call: string, action: ScmpAction): ScmpFilter {
  const filter = new ScmpFilter(ActAllow);
  filter.addRule(getSyscallFromName(call), action);
  filter.load();
  return filter;
}

/** An errno that listen(2) never gives by itself. */
const ENOSPC = 28;

const ACTIONS: Readonly<Record<string, () => void>> = {
  api() {
    setAPI(1);
    console.log(getAPI());
    try {
      new ScmpFilter(ActAllow).setLogBit(true);
    } catch (error) {
      console.log((error as Error).name);
    }
  },
  load() {
    loadRule("listen", ActErrno.setReturnCode(ENOSPC)).release();
    console.log(libc.listen(0, 0), errno());
  },
  log() {
    const before = libc.getpid();
    loadRule("getpid", ActLog);
    console.log(libc.getpid() === before);
  },
  kill() {
    loadRule("listen", ActKillProcess);
    libc.listen(0, 0);
    console.log("alive");
  },
  threads() {
    // The other threads of this process have the filter too.
    loadRule("listen", ActErrno.setReturnCode(ENOSPC));
    const modes: string[] = [];
    for (const { name } of Deno.readDirSync("/proc/self/task")) {
      const status = Deno.readTextFileSync(`/proc/self/task/${name}/status`);
      modes.push(/^Seccomp:\s(\d)$/m.exec(status)?.[1] ?? "?");
    }
    console.log(modes.length > 1, modes.every((mode) => mode === "2"));
  },
  notify() {
    try {
      new ScmpFilter(ActAllow).getNotifFd();
    } catch (error) {
      console.log((error as Error).message);
    }
  },
};

ACTIONS[Deno.args[0]]();
