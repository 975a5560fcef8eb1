import {
  getArchFromString,
  getNativeArch,
  ScmpAction,
} from "../libseccomp/mod.ts";
import { CallError, readCall } from "../policy/parse_call.ts";
import { simulate as simulateFilters } from "../policy/simulate.ts";
import type { Expansion } from "./expansion.ts";
import { Verdict, whoDecides } from "./verdict.ts";

/**
 * A call by its name or number; on another ABI than this machine's together
 * with that one's name.
 */
export type Call =
  | string
  | number
  | { readonly call: string | number; readonly arch: string };

/**
 * An argument: a number from −2⁶³ to 2⁶⁴−1, above 2⁵³−1 as a bigint, or as
 * people write it: `TIOCSTI`, `O_CREAT|O_WRONLY`, `0x10`.
 */
export type Argument = number | bigint | string;

/**
 * Asks the filters of an expansion what becomes of a call: their programs are
 * run as the kernel runs them.
 *
 * @param expansion What {@linkcode expand} returned.
 * @param call The call, and where it is made.
 * @param args Up to six arguments; what is left out is 0. They are registers of
 * 64 bits: a negative number has all of the upper half set.
 * @throws {CallError} If there is no such call there, what is given is none, or
 * an argument is none.
 * @throws {ScmpError} `EINVAL` if there is no such architecture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { expand, simulate } from "jacamar-seccomp/testing";
 *
 * const expansion = await expand(() => {}, { configuration: 'errno = "EACCES"' });
 * const verdict = simulate(expansion, "ioctl", 0, "TIOCSTI");
 * assert.equal(`${verdict}`, "ActErrno(EACCES)");
 * assert.equal(verdict.origin, "default: block_tty_injection");
 *
 * const elsewhere = simulate(expansion, { call: "ioctl", arch: "x86" }, 0, "TIOCSTI");
 * assert.equal(`${elsewhere}`, "ActKillProcess");
 * ```
 */
export function simulate(
  expansion: Pick<Expansion, "filters">,
  call: Call,
  ...args: readonly Argument[]
): Verdict {
  const made = readMade(call);
  const arch = made.arch === "native"
    ? getNativeArch()
    : getArchFromString(made.arch);
  const { call: data } = readCall(`${made.call}`, args.map(write), arch);
  const { action, decidedBy } = simulateFilters(expansion.filters, data);
  const known = ScmpAction.fromNative(action);
  if (!known) throw new RangeError(`0x${action.toString(16)} is no action`);
  const layer = expansion.filters.find(({ name }) => name === decidedBy.name);
  return new Verdict(known, {
    filter: decidedBy.name,
    ...whoDecides(data, decidedBy.answer, known, layer?.journal),
  });
}

/** What to call and where, though it may come from untyped code. */
function readMade(call: Call): Exclude<Call, string | number> {
  const made = typeof call === "object" ? call : { call, arch: "native" };
  const isCall = ["string", "number"].includes(typeof made?.call);
  if (isCall && typeof made.arch === "string") return made;
  throw new CallError(
    "a call is a name, a number, or an object { call, arch }",
  );
}

/** An argument as text, whole. */
function write(argument: Argument): string {
  if (typeof argument === "number" && !Number.isSafeInteger(argument)) {
    throw new CallError(
      `an argument is an integer, above 2^53-1 a bigint, not ${argument}`,
    );
  }
  return `${argument}`;
}
