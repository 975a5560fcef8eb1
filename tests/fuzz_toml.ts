/**
 * Writes documents as TOML in the several ways in which people do.
 *
 * @module
 */
import fc from "fast-check";

/** A value that is written as it stands: a date, `inf`, or what is no value. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a document is made of. */
export type Value =
  | string
  | number
  | boolean
  | Raw
  | readonly Value[]
  | Table;

/** A table of a document, or all of it. */
export interface Table {
  readonly [key: string]: Value;
}

/** How a document is written. */
export interface Style {
  /** Tables under headers, as dotted keys, or in braces. */
  readonly layout: "headers" | "dotted" | "inline";
  /** How texts are quoted. */
  readonly quotes: "basic" | "literal" | "multiline" | "escaped";
  readonly newline: "\n" | "\r\n";
  /** Whether there are comments, blank lines and spaces where there may be. */
  readonly airy: boolean;
}

export const style: fc.Arbitrary<Style> = fc.record({
  layout: fc.constantFrom<Style["layout"]>("headers", "dotted", "inline"),
  quotes: fc.constantFrom<Style["quotes"]>(
    ...["basic", "literal", "multiline", "escaped"] as const,
  ),
  newline: fc.constantFrom<Style["newline"]>("\n", "\n", "\r\n"),
  airy: fc.boolean(),
});

/** The document's text. */
export function writeToml(document: Table, style: Style): string {
  const lines = new Writer(style).document(document);
  const spaced = style.airy
    ? lines.flatMap((line) => ["", "# [auth.seccomp] disabled = true", line])
    : lines;
  return spaced.map((line) => line + style.newline).join("");
}

/** Whether a value is a table, which no list and no other object is. */
export function isTable(value: Value): value is Table {
  return typeof value === "object" && !Array.isArray(value) &&
    !(value instanceof Raw);
}

class Writer {
  readonly #style: Style;

  constructor(style: Style) {
    this.#style = style;
  }

  document(table: Table): string[] {
    switch (this.#style.layout) {
      case "headers":
        return this.#headers(table, []);
      case "dotted":
        return this.#dotted(table, []);
      case "inline":
        return this.#pairs(table);
    }
  }

  #headers(table: Table, path: readonly string[]): string[] {
    const entries = Object.entries(table);
    const own = entries.filter(([, value]) =>
      !isTable(value) && !isList(value)
    );
    const isNamed = path.length > 0 &&
      (own.length > 0 || entries.length === 0 || this.#style.airy);
    return [
      ...isNamed ? [`[${this.#path(path)}]`] : [],
      ...this.#pairs(Object.fromEntries(own)),
      ...entries.flatMap(([key, value]) => {
        if (isTable(value)) return this.#headers(value, [...path, key]);
        if (!isList(value)) return [];
        const header = `[[${this.#path([...path, key])}]]`;
        return value.flatMap((each) => [header, ...this.#pairs(each)]);
      }),
    ];
  }

  #dotted(table: Table, path: readonly string[]): string[] {
    return Object.entries(table).flatMap(([key, value]) => {
      const here = [...path, key];
      if (isTable(value) && Object.keys(value).length > 0) {
        return this.#dotted(value, here);
      }
      return [`${this.#path(here)}${this.#equals}${this.#value(value)}`];
    });
  }

  #pairs(table: Table): string[] {
    return Object.entries(table).map(([key, value]) =>
      `${this.#key(key)}${this.#equals}${this.#value(value)}`
    );
  }

  get #equals(): string {
    return this.#style.airy ? " \t= " : "=";
  }

  #path(path: readonly string[]): string {
    return path.map((key) => this.#key(key)).join(
      this.#style.airy ? " . " : ".",
    );
  }

  #key(key: string): string {
    const isBare = /^[\w-]+$/.test(key) && this.#style.quotes !== "escaped";
    return isBare ? key : basic(key, false);
  }

  #value(value: Value): string {
    if (value instanceof Raw) return value.text;
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number" && Number.isSafeInteger(value)) {
      return this.#style.airy && value >= 0
        ? `0x${value.toString(16)}`
        : `${value}`;
    }
    if (Array.isArray(value)) {
      const items = value.map((each) => this.#value(each));
      const { newline } = this.#style;
      return this.#style.airy
        ? `[ # a list${newline}${
          items.map((item) => ` ${item},${newline}`).join("")
        }]`
        : `[${items.join(", ")}]`;
    }
    if (typeof value === "object") {
      return `{ ${this.#pairs(value as Table).join(", ")} }`;
    }
    return `${value}`;
  }

  #text(text: string): string {
    switch (this.#style.quotes) {
      case "basic":
        return basic(text, false);
      case "escaped":
        return basic(text, true);
      case "literal":
        return /['\p{Cc}]/u.test(text) ? basic(text, false) : `'${text}'`;
      case "multiline":
        return `""${basic(text, false)}""`;
    }
  }
}

/** A list of tables, which can be written as `[[…]]`. */
function isList(value: Value): value is readonly Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function basic(text: string, escapesAll: boolean): string {
  const escaped = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    const isPlain = code >= 0x20 && code !== 0x7f && !'"\\'.includes(character);
    if (isPlain && !escapesAll) return character;
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
