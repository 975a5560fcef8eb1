/**
 * Times one proof as the first that a process does, which is how `exec` does it:
 * all code is cold.
 *
 * Usage: bench_proof demo|allowlist
 *
 * @module
 */
import { conclude } from "../src/libseccomp/host.ts";
import {
  ActAllow,
  ActErrno,
  CompareMaskedEqual,
  getSyscallFromName,
  makeCondition,
  ScmpError,
  ScmpFilter,
  ScmpSyscall,
} from "../src/libseccomp/mod.ts";
import { prove } from "../src/policy/proof.ts";

const EPERM = ActErrno.setReturnCode(1);
const WORD = 0xffff_ffff;

/** What `scripts/demo` has at the stage with most rules. */
function demo(): ScmpFilter {
  const filter = new ScmpFilter(ActAllow);
  for (const request of [0x5412, 0x541c]) {
    const condition = makeCondition(1, CompareMaskedEqual, WORD, request);
    filter.addRuleConditional(getSyscallFromName("ioctl"), EPERM, [condition]);
  }
  filter.addRule(getSyscallFromName("mkdir"), EPERM);
  return filter;
}

/** An allowlist of 400 calls, most of all that there are. */
function allowlist(): ScmpFilter {
  const filter = new ScmpFilter(EPERM);
  for (let number = 0; filter.journal.rules.length < 400; number++) {
    try {
      filter.addRule(new ScmpSyscall(number), ActAllow);
    } catch (error) {
      if (!(error instanceof ScmpError)) throw error;
    }
  }
  return filter;
}

const filter = Deno.args[0] === "demo" ? demo() : allowlist();
const { journal, program } = conclude(filter);
const start = performance.now();
prove(journal, program);
console.log(performance.now() - start);
