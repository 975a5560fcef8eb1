import assert from "node:assert/strict";
import { testUnless } from "../../tests/program.ts";
import { decode } from "../bpf/program.ts";
import { findCounterexample } from "../bpf/prove.ts";
import { run } from "../bpf/run.ts";
import { conclude, filterOf } from "../libseccomp/host.ts";
import {
  ActErrno,
  ArchAMD64,
  CompareLess,
  getLibraryVersion,
  getNativeArch,
  getSyscallFromName,
  type Journal,
  makeCondition,
  ScmpAction,
} from "../libseccomp/mod.ts";
import { planRules } from "./plan.ts";
import { loadPolicy } from "./policy.ts";
import { simulate } from "./simulate.ts";
import { buildStack, type Layer, type Stack } from "./stack.ts";

const IDS = { uid: 4242, gid: 4243 };

/** The layers of a configuration, after something was done to the filter. */
async function layers(
  keys: string,
  expand: (filter: Stack["filter"]) => void = () => {},
  profile: unknown = {},
): Promise<Layer[]> {
  const folder = Deno.makeTempDirSync({ prefix: "jacamar-seccomp-" });
  try {
    const file = `${folder}/jacamar.toml`;
    Deno.writeTextFileSync(file, `[auth.seccomp]\n${keys}\n`);
    const text = JSON.stringify(profile);
    Deno.writeTextFileSync(`${folder}/profile.json`, text);
    const policy = await loadPolicy(file);
    const stack = buildStack(await planRules(policy), policy, () => IDS);
    expand(stack.filter);
    return stack.conclude();
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function actionsFor(journal: Journal | undefined, name: string): string[] {
  const { number } = getSyscallFromName(name);
  return (journal?.rules ?? []).filter(({ syscall }) =>
    syscall.number === number
  ).map(({ action, conditions }) => `${action} ${conditions.length}`);
}

const ENFORCED = 'validation_plugin = "plugin.js"\nenforce_defaults = true\n';

Deno.test("one filter is all that most policies need", async () => {
  const names = (await layers('block_calls = ["mkdir"]')).map(({ name }) =>
    name
  );
  assert.deepEqual(names, ["filter"]);
});

Deno.test("without plugins enforce_defaults needs no filter of its own", async () => {
  assert.equal((await layers("enforce_defaults = true")).length, 1);
});

Deno.test("the filter that lets seccomp pass is loaded first", async () => {
  const order = async (calls: string) =>
    (await layers(`${ENFORCED}limit_setuid = true\nblock_calls = ${calls}`))
      .map(({ name }) => name);
  assert.deepEqual(await order("[]"), [
    "limit_setuid",
    "enforce_defaults",
    "filter",
  ]);
  assert.deepEqual(await order('["seccomp"]'), [
    "limit_setuid",
    "filter",
    "enforce_defaults",
  ]);
});

Deno.test("a filter is opened for the next only if that refuses the very same", async () => {
  const profile = (value: number) => ({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{
      names: ["seccomp"],
      action: "SCMP_ACT_ERRNO",
      args: [{ index: 0, value, op: "SCMP_CMP_EQ" }],
    }],
  });
  const keys = `${ENFORCED}profile = "profile.json"`;
  const [opened, enforced] = await layers(keys, undefined, profile(0));
  assert.deepEqual(actionsFor(opened.journal, "seccomp"), []);
  assert.deepEqual(actionsFor(opened.asked, "seccomp"), ["ActErrno(1) 1"]);
  assert.deepEqual(actionsFor(enforced.journal, "seccomp"), ["ActErrno(1) 1"]);
  const other = (filter: Stack["filter"]) => {
    const [{ action, syscall }] = filter.journal.rules;
    filter.addRule(syscall, action);
  };
  await assert.rejects(
    layers(keys, other, profile(0)),
    /enforce_defaults cannot be/,
  );
});

Deno.test("mode log keeps what was asked for", async () => {
  const [{ journal, asked }] = await layers(
    'mode = "log"\nblock_calls = ["mkdir"]',
  );
  assert.deepEqual(actionsFor(journal, "mkdir"), ["ActLog 0"]);
  assert.deepEqual(actionsFor(asked, "mkdir"), ["ActErrno(1) 0"]);
  assert.equal(`${asked?.badArchAction}`, "ActKillProcess");
});

Deno.test("mode log logs what the enforcing filter would refuse, and no less", async () => {
  const [{ journal }] = await layers(
    'mode = "log"\nprofile = "profile.json"\nblock_tty_injection = false',
    undefined,
    {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{
        names: ["mkdir", "mkdirat"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 13,
      }, {
        names: ["mkdir", "mkdirat"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 1, value: 0, op: "SCMP_CMP_EQ" }],
      }, { names: ["read"], action: "SCMP_ACT_ALLOW" }],
    },
  );
  assert.equal(`${journal?.defaultAction}`, "ActLog");
  assert.equal(`${journal?.badArchAction}`, "ActLog");
  assert.deepEqual(actionsFor(journal, "mkdirat"), []);
  assert.deepEqual(actionsFor(journal, "read"), ["ActAllow 0"]);
});

/** What the stack of a profile answers to personality(2). */
async function answerTo(
  keys: string,
  profile: unknown,
  args: readonly bigint[],
  call = "personality",
): Promise<string | undefined> {
  const { action } = simulate(await layers(keys, undefined, profile), {
    number: getSyscallFromName(call).number,
    architecture: getNativeArch().token,
    args,
  });
  return ScmpAction.fromNative(action)?.toString();
}

Deno.test("mode log logs what one rule refuses and another lets pass", async () => {
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      {
        names: ["personality"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }],
      },
      {
        names: ["personality"],
        action: "SCMP_ACT_KILL_PROCESS",
        args: [{ index: 1, value: 1, op: "SCMP_CMP_EQ" }],
      },
      { names: ["execve"], action: "SCMP_ACT_ALLOW" },
    ],
  };
  const keys = 'mode = "log"\nprofile = "profile.json"';
  assert.equal(await answerTo(keys, profile, [8n, 1n]), "ActLog");
  assert.equal(await answerTo(keys, profile, [8n, 0n]), "ActAllow");
  assert.equal(await answerTo(keys, profile, [9n, 0n]), "ActLog");
});

Deno.test("a filter that is opened for the next keeps what it allows", async () => {
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      {
        names: ["seccomp"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }],
      },
      { names: ["execve"], action: "SCMP_ACT_ALLOW" },
    ],
  };
  const keys = `${ENFORCED}profile = "profile.json"`;
  const answer = (operation: bigint) =>
    answerTo(keys, profile, [operation], "seccomp");
  assert.equal(await answer(0n), "ActAllow");
  assert.equal(await answer(1n), "ActErrno(1)");
});

Deno.test("a filter is not spread without end", async () => {
  // Each pair of these rules is one that libseccomp gets wrong.
  const expand = (filter: Stack["filter"]) => {
    const call = getSyscallFromName("getpid");
    for (let index = 20; index > 0; index--) {
      filter.addRuleConditional(call, ActErrno.setReturnCode(1), [
        makeCondition(0, CompareLess, BigInt(index) << 32n),
      ]);
    }
  };
  await assert.rejects(layers("", expand), { name: "ProofError" });
});

/** Calls with neighbouring numbers, so that a row of them is long. */
const MANY = ["setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr"]
  .concat(["fgetxattr", "listxattr", "llistxattr", "flistxattr"])
  .concat(["removexattr", "lremovexattr", "fremovexattr"]);
const REFUSING_MANY = `block_calls = ${JSON.stringify(MANY)}`;

/** How many instructions are run, at most, until a call is refused. */
async function longestWay(
  expand?: (filter: Stack["filter"]) => void,
): Promise<number> {
  const [{ programs }] = await layers(REFUSING_MANY, expand);
  assert.equal(programs.length, 1);
  const ways = MANY.map((name) =>
    run(decode(programs[0]), {
      number: getSyscallFromName(name).number,
      architecture: getNativeArch().token,
      args: [],
    }).path.length
  );
  return Math.max(...ways);
}

Deno.test("a filter of many calls is a tree", async () => {
  const [{ journal }] = await layers(REFUSING_MANY);
  assert.equal(journal?.optimize, 2);
  const inRow = await longestWay((filter) => filter.setOptimize(1));
  assert.ok(inRow > MANY.length, `${inRow} instructions`);
  assert.ok(await longestWay() < inRow);
});

Deno.test("a filter of few calls, or with priorities, is a row", async () => {
  const [few] = await layers('block_calls = ["mkdir"]');
  assert.equal(few.journal?.optimize, undefined);
  const first = getSyscallFromName(MANY[MANY.length - 1]);
  const expand = (filter: Stack["filter"]) =>
    filter.setSyscallPriority(first, 255);
  const [ranked] = await layers(REFUSING_MANY, expand);
  assert.equal(ranked.journal?.optimize, undefined);
});

const { major, minor, micro } = getLibraryVersion();
const WRONG_TREE = getNativeArch() === ArchAMD64 &&
    `${major}.${minor}.${micro}` === "2.5.4"
  ? undefined
  : "needs the tree that libseccomp 2.5.4 makes on x86_64";

testUnless(WRONG_TREE, "a tree that is wrong gives way to a row", async () => {
  // In front of semop on x86 the number of the call is never loaded.
  const keys = `architectures = ["native", "x86"]\nblock_calls = ${
    JSON.stringify([...MANY, "semop"])
  }`;
  const [{ journal, meaning, programs }] = await layers(keys);
  assert.ok(journal !== undefined);
  assert.equal(journal.optimize, 2);
  const tree = conclude(filterOf(journal)).program;
  assert.ok(findCounterexample(meaning, [decode(tree)]));
  assert.equal(programs.length, 1);
  assert.equal(findCounterexample(meaning, programs.map(decode)), undefined);
});
