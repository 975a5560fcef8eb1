import type { AST } from "toml-eslint-parser";

/**
 * The path of a key or an array element: `["auth", "seccomp", "block_calls",
 * 0]`.
 */
export type KeyPath = readonly (string | number)[];

/**
 * Tells the line, from 1, on which a key or an array element stands;
 * `undefined` if it stands nowhere.
 */
export type Locate = (path: KeyPath) => number | undefined;

/**
 * Indexes the lines of a TOML text.
 *
 * The parser that reads the configuration keeps no positions; this one does and
 * is slower, so it is called only where a line is to be shown.
 *
 * @param text The TOML text, already known to be well formed.
 * @returns A function from a path to its line.
 */
export async function lineIndex(text: string): Promise<Locate> {
  const { parseTOML } = await import("toml-eslint-parser");
  const lines = new Map<string, number>();
  const note = (path: KeyPath, node: AST.TOMLNode) => {
    const key = JSON.stringify(path);
    if (!lines.has(key)) lines.set(key, node.loc.start.line);
  };

  const visitValue = (path: KeyPath, value: AST.TOMLContentNode) => {
    if (value.type === "TOMLArray") {
      value.elements.forEach((element, index) => {
        note([...path, index], element);
        visitValue([...path, index], element);
      });
    } else if (value.type === "TOMLInlineTable") {
      for (const pair of value.body) visitPair(path, pair);
    }
  };
  const visitPair = (base: KeyPath, pair: AST.TOMLKeyValue) => {
    const path = [...base];
    for (const key of pair.key.keys) {
      path.push(key.type === "TOMLBare" ? key.name : key.value);
      note(path, key);
    }
    visitValue(path, pair.value);
  };

  for (const node of parseTOML(text).body[0].body) {
    if (node.type === "TOMLKeyValue") {
      visitPair([], node);
    } else {
      note(node.resolvedKey, node);
      for (const pair of node.body) visitPair(node.resolvedKey, pair);
    }
  }
  return (path) => lines.get(JSON.stringify(path));
}
