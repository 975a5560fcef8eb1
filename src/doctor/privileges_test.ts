import assert from "node:assert/strict";
import {
  diagnosePrivileges,
  type PrivilegeFacts,
  type Wish,
} from "./privileges.ts";

const ROOT: PrivilegeFacts = {
  uid: 0,
  gid: 0,
  effectiveUid: 0,
  effectiveGid: 0,
  status: {
    capabilities: (1n << 21n) | (1n << 7n),
    seccompMode: 0,
    filterCount: 0,
  },
  privileges: { sysAdmin: true, noNewPrivs: false },
  loading: "EFAULT",
  isSecure: false,
};

const ORDINARY: PrivilegeFacts = {
  ...ROOT,
  uid: 1000,
  gid: 1000,
  effectiveUid: 1000,
  effectiveGid: 1000,
  status: { capabilities: 0n, seccompMode: 0, filterCount: 0 },
  privileges: { sysAdmin: false, noNewPrivs: false },
  loading: "EACCES",
};

const AUTO: Wish = { noNewPrivs: "auto", disabled: false };

function told(
  facts: PrivilegeFacts,
  wish: Partial<Wish>,
  name: string,
): string {
  const found = [...diagnosePrivileges(facts, { ...AUTO, ...wish })]
    .find((each) => each.name === name);
  return `${found?.status}: ${found?.message}`;
}

Deno.test("whether a filter can be loaded, and with no_new_privs or not", () => {
  const nnp: PrivilegeFacts = {
    ...ORDINARY,
    privileges: { sysAdmin: false, noNewPrivs: true },
    loading: "EFAULT",
  };
  const cases: readonly (readonly [PrivilegeFacts, Partial<Wish>, RegExp])[] = [
    [ROOT, {}, /^ok: .* no_new_privs stays off$/],
    [ROOT, { noNewPrivs: true }, /^ok: .* with no_new_privs on$/],
    [ORDINARY, {}, /^warning: .* only with no_new_privs: setuid programs/],
    [ORDINARY, { noNewPrivs: true }, /^ok: .* with no_new_privs on$/],
    [ORDINARY, { noNewPrivs: false }, /^problem: .* no CAP_SYS_ADMIN$/],
    [ORDINARY, { disabled: true }, /^ok: nothing would be loaded/],
    [nnp, {}, /^ok: .* with no_new_privs on$/],
    [nnp, { noNewPrivs: false }, /^ok: /],
    [{ ...ROOT, loading: "EPERM" }, {}, /^problem: .* answers EPERM$/],
    // What capget(2) says is not always what a security module heeds.
    [{ ...ROOT, loading: "EACCES" }, {}, /^problem: .* does not heed/],
  ];
  for (const [facts, wish, said] of cases) {
    assert.match(told(facts, wish, "loading"), said);
  }
});

Deno.test("no_new_privs that is on is no fault where it was asked for", () => {
  const on = { ...ROOT, privileges: { sysAdmin: true, noNewPrivs: true } };
  assert.match(told(on, {}, "no_new_privs"), /^warning: on already/);
  assert.match(told(on, { noNewPrivs: true }, "no_new_privs"), /^ok: /);
  assert.equal(told(ROOT, {}, "no_new_privs"), "ok: off");
});

Deno.test("filters that are on already are counted where the kernel counts them", () => {
  const filters = (seccompMode?: number, filterCount?: number) =>
    told(
      { ...ROOT, status: { capabilities: 0n, seccompMode, filterCount } },
      {},
      "filters",
    );
  assert.match(filters(0, 0), /^ok: none/);
  assert.match(filters(2, 1), /^warning: 1 filter is /);
  assert.match(filters(2, 3), /^warning: 3 filters are /);
  assert.match(filters(2), /^warning: at least 1 filters? (is|are) /);
  assert.match(filters(), /^ok: .*cannot be told/);
});

Deno.test("user and capabilities are told as they are effective", () => {
  assert.equal(
    told({ ...ORDINARY, effectiveUid: 0 }, {}, "user"),
    "ok: uid 1000, gid 1000, effective uid 0, gid 1000",
  );
  assert.equal(
    told(ROOT, {}, "capabilities"),
    "ok: effective: CAP_SETUID, CAP_SYS_ADMIN",
  );
  assert.match(told(ORDINARY, {}, "capabilities"), /^ok: none of /);
});
