import assert from "node:assert/strict";
import { readProcessStatus } from "../libc/process_status.ts";
import { askActions, askLoading } from "./ask_seccomp.ts";
import { look } from "./look.ts";

Deno.test("to ask whether a filter can be loaded loads none", () => {
  const before = readProcessStatus("self");
  assert.match(askLoading(), /^(?:EFAULT|EACCES)$/);
  assert.deepEqual(readProcessStatus("self"), before);
});

Deno.test("the actions are those that the kernel lists", () => {
  const { text } = look("/proc/sys/kernel/seccomp/actions_avail");
  assert.deepEqual(askActions(), text?.split(" "));
});
