/**
 * All that plugins and their tests import, as one module: `scripts/build` makes
 * one file of it, which `plugin new` puts beside a plugin.
 *
 * @module
 */
export * from "../mod.ts";
export * from "../testing.ts";
