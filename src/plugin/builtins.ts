/**
 * What code that comes after a plugin relies on, and a plugin could have
 * changed: JavaScript lets it replace `Map.prototype.get` as easily as a
 * variable of its own.
 *
 * @module
 */

// Held from before any plugin, because these may be replaced too.
const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

/** A property as it was. */
interface Property {
  readonly key: PropertyKey;
  readonly value: unknown;
  readonly get: unknown;
  readonly set: unknown;
}

/** An object with all of its properties as they were. */
interface Recorded {
  readonly name: string;
  readonly object: object;
  readonly prototype: object | null;
  readonly properties: readonly Property[];
}

/** The global names that this program's code uses once plugins have run. */
const GLOBALS: readonly string[] = [
  "Array Object Function Number String Boolean BigInt Symbol Math JSON Date",
  "Map Set WeakMap Promise Reflect RegExp Iterator Error RangeError TypeError",
  "ArrayBuffer DataView Uint8Array Uint32Array Int32Array BigUint64Array",
  "BigInt64Array FinalizationRegistry",
  "TextEncoder TextDecoder",
].flatMap((names) => names.split(" "));

/** Those without a name of their own, by something that has them. */
const NAMELESS: Readonly<Record<string, () => object | null>> = {
  "the prototype of typed arrays": () => getPrototypeOf(Uint8Array.prototype),
  "the constructor of typed arrays": () => getPrototypeOf(Uint8Array),
  "the iterator of arrays": () => getPrototypeOf([].values()),
  "the iterator of maps": () => getPrototypeOf(new Map().entries()),
  "the iterator of sets": () => getPrototypeOf(new Set().values()),
  "the iterator of texts": () => getPrototypeOf(""[Symbol.iterator]()),
  "the iterator of matches": () => getPrototypeOf("".matchAll(/x/g)),
  "the helper of iterators": () =>
    getPrototypeOf([].values().map(() => undefined)),
  "the prototype of generators": () => getPrototypeOf(generate.prototype),
};

function* generate(): Generator<never> {}

/**
 * Remembers the built-in objects as they are, before any plugin has run.
 *
 * @param own Classes and objects of this program that plugins can reach.
 * @returns Looks whether they are still the same; the name of one that is not,
 * or `undefined`. It relies on nothing that can be replaced, and what comes
 * after it without a wait cannot have been changed either.
 */
export function recordBuiltins(
  own: Readonly<Record<string, object>> = {},
): () => string | undefined {
  const recorded: Recorded[] = [];
  const seen = new Set<object>();
  const global = globalThis as unknown as Readonly<Record<string, unknown>>;
  const bindings: { name: string; value: unknown }[] = [];
  const add = (name: string, object: object | null) => {
    if (!object || seen.has(object)) return;
    seen.add(object);
    // It cannot change any more.
    if (Object.isFrozen(object)) return;
    recorded.push(record(name, object));
  };
  const addWithPrototype = (name: string, object: object) => {
    add(name, object);
    const prototype = typeof object === "function"
      ? getOwnPropertyDescriptor(object, "prototype")?.value
      : undefined;
    if (prototype) add(`${name}.prototype`, prototype);
  };
  for (const name of GLOBALS) {
    const value = global[name];
    bindings.push({ name, value });
    const isObject = typeof value === "object" || typeof value === "function";
    if (isObject && value !== null && value !== globalThis) {
      addWithPrototype(name, value);
    }
  }
  for (const [name, find] of Object.entries(NAMELESS)) add(name, find());
  for (const [name, object] of Object.entries(own)) {
    addWithPrototype(name, object);
  }
  return () => {
    for (let index = 0; index < bindings.length; index++) {
      const { name, value } = bindings[index];
      if (global[name] !== value) return name;
    }
    for (let index = 0; index < recorded.length; index++) {
      const changed = findChange(recorded[index]);
      if (changed !== undefined) return changed;
    }
    return undefined;
  };
}

function record(name: string, object: object): Recorded {
  return {
    name,
    object,
    prototype: getPrototypeOf(object),
    properties: ownKeys(object).map((key) => {
      const property = getOwnPropertyDescriptor(object, key);
      return {
        key,
        value: property?.value,
        get: property?.get,
        set: property?.set,
      };
    }),
  };
}

function findChange(
  { name, object, prototype, properties }: Recorded,
): string | undefined {
  if (getPrototypeOf(object) !== prototype) return name;
  if (ownKeys(object).length !== properties.length) return name;
  for (let index = 0; index < properties.length; index++) {
    const { key, value, get, set } = properties[index];
    const now = getOwnPropertyDescriptor(object, key);
    const isSame = now !== undefined && sameValue(now.value, value) &&
      now.get === get && now.set === set;
    if (!isSame) return typeof key === "string" ? `${name}.${key}` : name;
  }
  return undefined;
}

/** `NaN` is the only value that is not itself. */
function sameValue(one: unknown, other: unknown): boolean {
  return one === other || (one !== one && other !== other);
}
