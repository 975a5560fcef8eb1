import type { LearnedCall } from "./record.ts";

/**
 * The requests of ioctl that put bytes into a terminal's input, which the default
 * rule `block_tty_injection` refuses; as `src/policy/tty_injection.ts` has them.
 */
const INJECTIONS: ReadonlyMap<string, string> = new Map([
  ["0x5412", "TIOCSTI"],
  ["0x541c", "TIOCLINUX"],
]);

/** Tells of the terminal injection among some calls, which stays refused. */
export function injections(calls: readonly LearnedCall[]): string[] {
  const requests = calls.filter(({ name }) => name === "ioctl")
    .flatMap(({ shapes = [] }) =>
      shapes.map(({ values: [request] }) => request)
    );
  const names = [...new Set(requests)].flatMap((request) =>
    INJECTIONS.get(request) ?? []
  );
  return names.map((name) =>
    `ioctl with ${name} was made, and stays refused: it types into a terminal`
  );
}
