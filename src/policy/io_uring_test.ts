import assert from "node:assert/strict";
import { ArchAMD64, ArchARM, ArchARM64, ArchX86 } from "../libseccomp/mod.ts";
import { exists } from "./call_state.ts";
import { ioUringOperations } from "./io_uring.ts";

Deno.test("every call that io_uring does the work of exists on some machine", () => {
  const arches = [ArchAMD64, ArchX86, ArchARM64, ArchARM];
  // Younger than libseccomp 2.5: their names are unknown to it.
  const younger = [
    ...["setxattrat", "getxattrat", "epoll_pwait2", "futex_wait", "futex_wake"],
    "futex_waitv",
  ];
  const absent = ioUringOperations.flatMap(({ calls }) => calls)
    .filter((name) => !younger.includes(name))
    .filter((name) => !arches.some((arch) => exists(name, arch)));
  assert.deepEqual(absent, []);
});

Deno.test("every operation of io_uring has a call on x86_64 and aarch64", () => {
  for (const arch of [ArchAMD64, ArchARM64]) {
    const without = ioUringOperations.filter(({ calls }) =>
      !calls.some((name) => exists(name, arch))
    ).map(({ does }) => does);
    assert.deepEqual(without, []);
  }
});
