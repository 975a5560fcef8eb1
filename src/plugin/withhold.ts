/**
 * Takes from Node.js's `process` what loads code that was not checked.
 *
 * @module
 */

// Held from before any plugin.
const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;

/** What of it leads to modules, to native code, or to code made of texts. */
const LOADERS = [
  "getBuiltinModule",
  "binding",
  "_linkedBinding",
  "dlopen",
  "mainModule",
  "_eval",
] as const;

/**
 * Sees to it that nobody has the `process` object with a way to load code. Much
 * of Node.js holds and hands out that object, so that to hide it would not do.
 *
 * The runtime makes it when it is first asked for, which takes longer than all
 * else before a plugin is called. So it is not asked for here, but whoever asks
 * has it only without.
 *
 * @param isNodeUsed Whether a plugin imports a module of Node.js. With the
 * first of these the object is there, and not by asking for it.
 * @throws {TypeError} If something cannot be taken from it.
 */
export function withholdLoaders(isNodeUsed: boolean): void {
  const lazy: PropertyDescriptor =
    getOwnPropertyDescriptor(globalThis, "process") ?? {};
  const find = (): object => {
    const process: object = lazy.get ? lazy.get.call(globalThis) : lazy.value;
    for (const name of LOADERS) {
      if (deleteProperty(process, name) && !(name in process)) continue;
      throw new TypeError(`process.${name} cannot be taken away`);
    }
    return process;
  };
  const get = isNodeUsed ? ((process: object) => () => process)(find()) : find;
  defineProperty(globalThis, "process", { get, configurable: true });
}
