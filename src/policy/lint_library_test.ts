import {
  ArchX86,
  CompareEqual,
  CompareGreater,
  CompareLess,
  CompareLessOrEqual,
  makeCondition,
} from "../libseccomp/mod.ts";
import {
  journal,
  REFUSE,
  refuse,
  rule,
  surroundings,
  testCases,
} from "../../tests/lint_case.ts";
import { lintLibrary } from "./lint_library.ts";

const OLDER = { major: 2, minor: 5, micro: 4 };
const ALL =
  "libseccomp 2.5.4 is older than 2.6.1, which mends GHSA-4q85-33p6-j5g6, GHSA-46fr-jh49-xvhx and GHSA-2hqh-5c36-grrm []";
const less = makeCondition(0, CompareLess, 5);
const lessOrEqual = makeCondition(0, CompareLessOrEqual, 0);
const greaterOther = makeCondition(1, CompareGreater, 5);
const equal = makeCondition(0, CompareEqual, 9);
const merged = [
  rule("read", REFUSE, { when: [lessOrEqual, greaterOther], origin: "a" }),
  rule("read", REFUSE, { when: [less], origin: "b" }),
];

testCases({
  "an older libseccomp has known faults": {
    journals: [journal(refuse("mkdir"))],
    says: [ALL],
  },
  "two rules that compare one argument by size may be merged wrongly": {
    journals: [journal(merged)],
    says: [
      "two rules for read compare one argument by size, which libseccomp 2.5.4 may merge into a weaker filter (GHSA-4q85-33p6-j5g6, mended in 2.6.1) [a,b]",
      "libseccomp 2.5.4 is older than 2.6.1, which mends GHSA-46fr-jh49-xvhx and GHSA-2hqh-5c36-grrm []",
    ],
  },
  "two rules that compare different arguments are not merged": {
    journals: [journal([
      rule("read", REFUSE, { when: [less] }),
      rule("read", REFUSE, { when: [greaterOther] }),
    ])],
    says: [ALL],
  },
  "a comparison that is not by size is not merged": {
    journals: [journal([
      rule("read", REFUSE, { when: [less] }),
      rule("read", REFUSE, { when: [equal] }),
    ])],
    says: [ALL],
  },
  "two calls are not merged": {
    journals: [journal([
      rule("read", REFUSE, { when: [less] }),
      rule("write", REFUSE, { when: [less] }),
    ])],
    says: [ALL],
  },
  "a comparison over 32 bits is not merged wrongly": {
    journals: [journal(
      merged.map((each) => ({ ...each, architectures: [ArchX86] })),
      { architectures: [ArchX86] },
    )],
    says: [ALL],
  },
  "the rules of two filters are not merged": {
    journals: merged.map((each) => journal([each])),
    says: [ALL],
  },
}, (journals) => lintLibrary(journals, { ...surroundings, libseccomp: OLDER }));

testCases({
  "libseccomp 2.6.1 has none of these faults": {
    journals: [journal(merged)],
    says: [],
  },
}, (journals) => lintLibrary(journals, surroundings));
