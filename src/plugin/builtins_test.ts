import assert from "node:assert/strict";
import { recordBuiltins } from "./builtins.ts";

class Own {
  static make() {}
  method() {}
}

/** What is found changed after something was done, which is then undone. */
function changed(object: object, key: PropertyKey, value: unknown) {
  const find = recordBuiltins({ Own });
  assert.equal(find(), undefined);
  const before = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { value, configurable: true });
  try {
    return find();
  } finally {
    if (before) Object.defineProperty(object, key, before);
    else Reflect.deleteProperty(object, key);
  }
}

const replacement = () => undefined;

Deno.test("a replaced function is found wherever it is", () => {
  const proto = Object.getPrototypeOf;
  const cases: readonly [object, PropertyKey, string | RegExp][] = [
    [Array.prototype, "map", "Array.prototype.map"],
    [Map, "groupBy", "Map.groupBy"],
    [Promise.prototype, "then", "Promise.prototype.then"],
    [JSON, "stringify", "JSON.stringify"],
    [globalThis, "Map", "Map"],
    [globalThis, "TextEncoder", "TextEncoder"],
    [TextEncoder.prototype, "encode", "TextEncoder.prototype.encode"],
    [Uint8Array.prototype, "at", "Uint8Array.prototype"],
    [
      proto(Uint8Array.prototype),
      "set",
      "the prototype of typed arrays.set",
    ],
    [proto([].values()), "next", "the iterator of arrays.next"],
    [Array.prototype, Symbol.iterator, "Array.prototype"],
    [Own.prototype, "method", "Own.prototype.method"],
    [Own, "make", "Own.make"],
  ];
  for (const [object, key, name] of cases) {
    assert.equal(changed(object, key, replacement), name);
  }
});

Deno.test("an added property is found", () => {
  assert.equal(changed(Object.prototype, "added", 1), "Object.prototype");
  assert.equal(changed(Array.prototype, 0, 1), "Array.prototype");
});

Deno.test("a replaced accessor is found, even by a property that looks the same", () => {
  const find = recordBuiltins();
  const before = Object.getOwnPropertyDescriptor(Map.prototype, "size");
  assert.ok(before);
  try {
    Object.defineProperty(Map.prototype, "size", { ...before, get: () => 0 });
    assert.equal(find(), "Map.prototype.size");
  } finally {
    Object.defineProperty(Map.prototype, "size", before);
  }
});

Deno.test("a changed prototype is found", () => {
  const find = recordBuiltins();
  Object.setPrototypeOf(Map.prototype, Set.prototype);
  try {
    assert.equal(find(), "Map.prototype");
  } finally {
    Object.setPrototypeOf(Map.prototype, Object.prototype);
  }
  assert.equal(find(), undefined);
});

Deno.test("the look itself relies on nothing that was replaced", () => {
  const find = recordBuiltins();
  const { ownKeys, getOwnPropertyDescriptor } = Reflect;
  try {
    Reflect.ownKeys = () => [];
    Reflect.getOwnPropertyDescriptor = () => undefined;
    assert.equal(find(), "Reflect.getOwnPropertyDescriptor");
  } finally {
    Object.assign(Reflect, { ownKeys, getOwnPropertyDescriptor });
  }
});
