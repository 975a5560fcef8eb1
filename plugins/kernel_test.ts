import assert from "node:assert/strict";
import { expand, simulate } from "jacamar-seccomp/testing";
import { seccompExpansion } from "./kernel.ts";

const other = Deno.build.arch === "x86_64" ? ["x86"] : [];
const architectures = ["native", ...other];
const expansion = await expand(seccompExpansion, {
  configuration: { architectures },
});

const refused = `
  init_module finit_module delete_module kexec_load kexec_file_load
  add_key request_key keyctl bpf
`.trim().split(/\s+/);
for (const arch of architectures) {
  Deno.test(`to ${arch} programs the kernel has no modules, keyrings and BPF`, () => {
    for (const call of refused) {
      // Not to be found on 32-bit x86.
      if (arch === "x86" && call === "kexec_file_load") continue;
      const verdict = simulate(expansion, { call, arch });
      assert.equal(`${call}: ${verdict}`, `${call}: ActErrno(ENOSYS)`);
    }
  });
}

Deno.test("seccomp filters, which are BPF too, can be loaded all the same", () => {
  assert.ok(simulate(expansion, "seccomp", "SECCOMP_SET_MODE_FILTER").passes);
  assert.ok(simulate(expansion, "prctl", "PR_SET_SECCOMP", 2).passes);
});

Deno.test("sockets and mounts are left alone, by which the kernel loads modules itself", () => {
  assert.ok(simulate(expansion, "socket", "AF_ALG").passes);
  assert.ok(simulate(expansion, "mount").passes);
});
