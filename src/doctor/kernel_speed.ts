import { type Diagnosis, ok, warning } from "./diagnosis.ts";
import type { KernelFacts } from "./kernel_facts.ts";
import { isSince } from "./release.ts";

/** What makes filters quick. */
export function* diagnoseSpeed(facts: KernelFacts): Generator<Diagnosis> {
  yield diagnoseCache(facts);
  yield diagnoseJit(facts);
}

/**
 * It came with Linux 5.11 for these two architectures, and cannot be turned off
 * (kernel/seccomp.c, `SECCOMP_ARCH_NATIVE`). Only a kernel with
 * CONFIG_SECCOMP_CACHE_DEBUG shows it in /proc.
 */
function diagnoseCache(
  { showsCache, release, machine }: KernelFacts,
): Diagnosis {
  const name = "cache";
  const does = "calls that are always allowed skip the filter";
  if (showsCache) return ok(name, `${does}, as /proc shows`);
  const isNative = machine === "x86_64" || machine === "aarch64";
  if (isNative && isSince(release, 5, 11)) {
    return ok(name, `${does}: so it is since Linux 5.11`);
  }
  return ok(
    name,
    `whether ${does} cannot be told: this is from before Linux 5.11, and distributions may have ported it back`,
  );
}

/** Source: Documentation/admin-guide/sysctl/net.rst of Linux, `bpf_jit_enable`. */
function diagnoseJit({ jit }: KernelFacts): Diagnosis {
  const name = "jit";
  if (jit.text === undefined) {
    return ok(
      name,
      `whether filters are compiled cannot be told: ${jit.why}`,
    );
  }
  if (jit.text !== "0") {
    return ok(
      name,
      `filters are compiled (net.core.bpf_jit_enable is ${jit.text})`,
    );
  }
  return warning(
    name,
    "filters are interpreted, which makes every call of a job slower (net.core.bpf_jit_enable is 0)",
    "sysctl net.core.bpf_jit_enable=1, and the same in /etc/sysctl.d",
  );
}
