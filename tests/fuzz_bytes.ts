/**
 * Damages files bytewise.
 *
 * @module
 */
import fc from "fast-check";

/** One thing that is done to a file's bytes. */
interface Mutation {
  readonly kind: "flip" | "cut" | "truncate" | "duplicate" | "insert" | "move";
  /** Where, in thousandths of the file's length. */
  readonly at: number;
  /** How many bytes. */
  readonly length: number;
  /** What a bit is flipped with: 1, 2, 4 … 128. */
  readonly mask: number;
  readonly bytes: Uint8Array;
}

const text = (value: string) => new TextEncoder().encode(value);

/** What parsers of TOML, JSON and JavaScript trip over. */
const odd: fc.Arbitrary<Uint8Array> = fc.constantFrom(
  ...["\0", "\r", "\n", "\r\n", "\t", "\x7f", "\x1b", "\ufeff", "\u2028"],
  ...['"', "'", '"""', "'''", "\\", "\\u", "\\ud800", "#", "=", ".", ",", ":"],
  ..."[ ] [[ ]] { }".split(" "),
  ...["[auth.seccomp]\n", "[auth]\n", "[[auth]]\n", "auth.seccomp.x = 1\n"],
  ...["disabled = true\n", "__proto__", "constructor", "//", "/*", "\u{1f512}"],
).map(text);

const notUtf8: fc.Arbitrary<Uint8Array> = fc.constantFrom(
  [0xff],
  [0xc0, 0x80], // an overlong NUL
  [0xed, 0xa0, 0x80], // a surrogate
  [0xf4, 0x90, 0x80, 0x80], // beyond Unicode
  [0xe2, 0x82], // cut off
).map((bytes) => Uint8Array.from(bytes));

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom<Mutation["kind"]>(
    ...["flip", "cut", "duplicate", "insert", "insert", "move"] as const,
    "truncate",
  ),
  at: fc.nat(999),
  length: fc.oneof(
    { weight: 3, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.nat(100) },
  ).map((length) => length + 1),
  mask: fc.nat(7).map((bit) => 1 << bit),
  bytes: fc.oneof({ weight: 9, arbitrary: odd }, {
    weight: 1,
    arbitrary: notUtf8,
  }, { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
});

/** What is done to a file, one after the other; half of the time nothing. */
export const damage: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  fc.constant([]),
  fc.array(mutation, { minLength: 1, maxLength: 3 }),
);

/** A file's bytes after all that was done to them. */
export function mutate(
  content: string,
  mutations: readonly Mutation[],
): Uint8Array {
  return mutations.reduce(apply, text(content));
}

function apply(
  content: Uint8Array,
  { kind, at, length, mask, bytes }: Mutation,
): Uint8Array {
  const start = Math.floor(content.length * at / 1000);
  const before = content.subarray(0, start);
  const piece = content.subarray(start, start + length);
  const after = content.subarray(start + length);
  switch (kind) {
    case "flip":
      return join(
        before,
        piece.map((byte, i) => i ? byte : byte ^ mask),
        after,
      );
    case "cut":
      return join(before, after);
    case "truncate":
      return join(before);
    case "duplicate":
      return join(before, piece, piece, after);
    case "insert":
      return join(before, bytes, piece, after);
    case "move":
      return join(piece, before, after);
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
