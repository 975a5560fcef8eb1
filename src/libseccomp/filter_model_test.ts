import assert from "node:assert/strict";
import fc from "fast-check";
import { largestSize } from "./_size.ts";
import {
  ActAllow,
  ActErrno,
  ActKillProcess,
  ActLog,
  ActTrap,
  type ScmpAction,
} from "./action.ts";
import { ArchAMD64, ArchARM64, ArchX32, ArchX86 } from "./arch.ts";
import {
  CompareEqual,
  CompareGreater,
  CompareGreaterEqual,
  CompareLess,
  CompareLessOrEqual,
  CompareMaskedEqual,
  CompareNotEqual,
  makeCondition,
  type ScmpCondition,
} from "./condition.ts";
import { ScmpError } from "./error.ts";
import { ScmpFilter } from "./filter.ts";
import { filterOf } from "./host.ts";
import { getSyscallFromName } from "./syscall.ts";

/** Multiplexed calls of x86, calls that it alone has, and ordinary ones. */
const CALLS = [
  ...[
    "openat",
    "socket",
    "ioctl",
    "setuid",
    "setuid32",
    "semop",
    "personality",
  ],
].map(getSyscallFromName);
const ARCHES = [ArchAMD64, ArchX86, ArchX32, ArchARM64];
const VALUES = [0n, 1n, 5n, 1n << 32n, 0xffff_ffffn, 0xffff_ffff_ffff_ffffn];

const actions: fc.Arbitrary<ScmpAction> = fc.constantFrom(
  ActErrno.setReturnCode(1),
  ActErrno.setReturnCode(2),
  ActKillProcess,
  ActLog,
  ActAllow,
  ActTrap,
);
const values = fc.constantFrom(...VALUES);
const args = fc.nat(5);

const equal: fc.Arbitrary<ScmpCondition> = fc.oneof(
  fc.tuple(args, values).map(([at, value]) =>
    makeCondition(at, CompareEqual, value)
  ),
  fc.tuple(args, values, values).map(([at, mask, value]) =>
    makeCondition(at, CompareMaskedEqual, mask, value)
  ),
);
const spreading: fc.Arbitrary<ScmpCondition> = fc.tuple(
  args,
  fc.constantFrom(
    CompareNotEqual,
    CompareLess,
    CompareLessOrEqual,
    CompareGreater,
    CompareGreaterEqual,
  ),
  values,
).map(([at, op, value]) => makeCondition(at, op, value));

/**
 * Conditions that libseccomp comes to an end with: an order on one argument
 * together with others on another can have it search for ever.
 */
const conditions = fc.oneof(
  fc.array(equal, { maxLength: 3 }),
  spreading.map((one) => [one]),
);

type Operation = (filters: ScmpFilter[]) => void;

const which = fc.nat(2);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      which,
      call: fc.constantFrom(...CALLS),
      action: actions,
      conditions,
      exact: fc.boolean(),
    }).map(({ which, call, action, conditions, exact }): Operation => {
      const isBare = conditions.length === 0;
      if (isBare && exact) return (f) => f[which].addRuleExact(call, action);
      if (isBare) return (f) => f[which].addRule(call, action);
      return exact
        ? (f) => f[which].addRuleConditionalExact(call, action, conditions)
        : (f) => f[which].addRuleConditional(call, action, conditions);
    }),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(which, fc.constantFrom(...ARCHES), fc.boolean()).map(
      ([which, arch, adds]): Operation => (f) =>
        adds ? f[which].addArch(arch) : f[which].removeArch(arch),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, which).map(([into, from]): Operation => (f) =>
      f[into].merge(f[from])
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      which,
      fc.constantFrom<(filter: ScmpFilter) => void>(
        (filter) => filter.transactionStart(),
        (filter) => filter.transactionCommit(),
        (filter) => filter.transactionReject(),
        (filter) => filter.precompute(),
        (filter) => filter.exportPFCMem(),
        (filter) => filter.exportBPFMem(),
        (filter) => filter.setOptimize(2),
        (filter) => filter.setLogBit(true),
        (filter) => filter.release(),
      ),
    ).map(([which, run]): Operation => (f) => run(f[which])),
  },
  fc.tuple(which, actions, fc.boolean()).map(
    ([which, action, isNew]): Operation => (f) => {
      if (isNew) f[which] = new ScmpFilter(action);
      else f[which].reset(action);
    },
  ),
);

Deno.test("whatever is done to filters, libseccomp holds what the journal says", () => {
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 5, maxLength: 60 }),
      (operations) => {
        const filters = [ActAllow, ActAllow, ActErrno].map((action) =>
          new ScmpFilter(action)
        );
        for (const run of operations) {
          try {
            run(filters);
          } catch (error) {
            assert.ok(error instanceof ScmpError, `${error}`);
          }
        }
        for (const filter of filters.filter((each) => each.isValid())) {
          const { journal } = filter;
          for (const arch of ARCHES) {
            assert.equal(
              filter.isArchPresent(arch),
              journal.architectures.includes(arch),
            );
          }
          if (journal.architectures.length > 0) {
            const again = filterOf(journal);
            assert.deepEqual(again.exportBPFMem(), filter.exportBPFMem());
            assert.deepEqual(again.journal.rules, journal.rules);
            again.release();
          }
          filter.release();
        }
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("no sequence of operations corrupts memory", async () => {
  if (Deno.env.get("MALLOC_CHECK_") !== undefined) return;
  // The same again, with a libc that looks after its heap.
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--no-prompt", "--no-check", "--cached-only", "-A"],
      ...["--filter", "whatever is done", new URL(import.meta.url).pathname],
    ],
    env: { MALLOC_CHECK_: "3", MALLOC_PERTURB_: "165" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});

Deno.test("no program is longer than the size guard says", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(conditions, fc.constantFrom(...CALLS), actions), {
        maxLength: 60,
      }),
      fc.subarray([ArchX86, ArchX32]),
      fc.constantFrom(1, 2),
      (rules, further, optimize) => {
        const filter = new ScmpFilter(ActAllow);
        for (const arch of further) filter.addArch(arch);
        filter.setOptimize(optimize);
        for (const [conditions, call, action] of rules) {
          try {
            if (conditions.length === 0) filter.addRule(call, action);
            else filter.addRuleConditional(call, action, conditions);
          } catch (error) {
            assert.ok(error instanceof ScmpError, `${error}`);
          }
        }
        const length = filter.exportBPFMem().length / 8;
        const { rules: held } = filter.journal;
        const bound = [...Map.groupBy(held, ({ syscall }) => syscall).values()]
          .reduce((sum, ofCall) => sum + largestSize(ofCall), 0);
        // What a filter without rules has.
        const own = 16 * (further.length + 1);
        assert.ok(length <= bound + own, `${length} > ${bound} + ${own}`);
        filter.release();
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("rules that multiply are refused before libseccomp sees them", () => {
  const filter = new ScmpFilter(ActAllow);
  const [call] = CALLS;
  const add = (value: number) =>
    filter.addRuleConditional(
      call,
      ActLog,
      [0, 1, 2, 3, 4, 5].map((at) =>
        makeCondition(at, CompareNotEqual, value * 6 + at)
      ),
    );
  assert.throws(() => {
    for (let value = 0; value < 10; value++) add(value);
  }, { code: "E2BIG" });
  assert.ok(filter.exportBPFMem().length / 8 < 65536);
  filter.release();
});
