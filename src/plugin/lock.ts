/**
 * Built-in objects that a plugin must not change even for a moment: who
 * replaces `Array.prototype.push`, adds a rule and puts it back, has the array
 * with all rules, and may put into it what runs when it is read later. No look
 * at the built-ins afterwards tells.
 *
 * @module
 */

const { getPrototypeOf } = Reflect;

/** What the binding keeps a filter's content in, and does that with. */
const LOCKED: Readonly<Record<string, object>> = {
  Array,
  Map,
  FinalizationRegistry,
  Object,
  Reflect,
  Number,
  BigInt,
  Math,
  JSON,
  DataView,
  TextEncoder,
  TextDecoder,
};

/** Of the prototypes those from which nothing inherits what it then assigns. */
const PROTOTYPES: readonly (object | null)[] = [
  Array.prototype,
  Map.prototype,
  FinalizationRegistry.prototype,
  Iterator.prototype,
  DataView.prototype,
  TextEncoder.prototype,
  TextDecoder.prototype,
  getPrototypeOf([].values()),
  getPrototypeOf(new Map().entries()),
];

/**
 * Makes it an error to change them, for good. The prototypes of objects,
 * functions, errors, promises, sets and bytes stay as they are: where an
 * inherited property cannot be changed, none of its name can be assigned to
 * what inherits it, and too much code does that.
 *
 * @param own Classes of this program that plugins can reach.
 */
export function lockBuiltins(own: Readonly<Record<string, object>>): void {
  for (const [name, value] of Object.entries(LOCKED)) {
    Object.freeze(value);
    Object.defineProperty(globalThis, name, {
      value,
      writable: false,
      configurable: false,
    });
  }
  for (const prototype of PROTOTYPES) Object.freeze(prototype);
  for (const object of Object.values(own)) {
    Object.freeze(object);
    if (typeof object === "function") Object.freeze(object.prototype);
  }
  // A setter of "0" there would be handed what is pushed to an empty array.
  Object.preventExtensions(Object.prototype);
}
