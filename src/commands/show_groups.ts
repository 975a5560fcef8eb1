import { WIDTH, wrap } from "../bpf/wrap.ts";
import {
  getLibraryVersion,
  getNativeArch,
  getSyscallFromName,
  ScmpError,
} from "../libseccomp/mod.ts";
import {
  type CallGroup,
  expandGroup,
  groups,
  GROUPS_VERSION,
} from "../policy/call_groups.ts";
import { suggestion } from "../policy/nearest.ts";
import { fill } from "./fill.ts";

/** What becomes of a name on this machine, with the mark that says so. */
const MARKS = { here: "", elsewhere: "*", unknown: "?" } as const;

type Standing = keyof typeof MARKS;

/**
 * What `show --groups` prints.
 *
 * @param names Groups to show with their members, by name with the `@`; none:
 * all groups, with what they are for.
 * @param json Whether to print JSON, which has the members in either case.
 * @param width How many columns there are for people.
 * @returns Text or JSON, ending in a newline.
 * @throws {Error} For a group that does not exist; it names the nearest.
 * @throws {ScmpError} If libseccomp cannot be opened.
 */
export async function renderGroups(
  names: readonly string[],
  json: boolean,
  width = WIDTH,
): Promise<string> {
  const chosen: [string, CallGroup][] = [];
  for (const name of names) {
    const group = groups.get(name);
    if (!group) {
      const near = await suggestion(name, [...groups.keys()]);
      throw new Error(`there is no group "${name}"${near}`);
    }
    chosen.push([name, group]);
  }
  if (json) return renderJson(chosen.length > 0 ? chosen : [...groups]);
  return chosen.length > 0 ? renderMembers(chosen, width) : renderList(width);
}

function renderList(width: number): string {
  const rows = [...groups].flatMap(([name, { description }]) => {
    const count = `${calls(name).length}`;
    const head = `${name.padEnd(15)}  ${count.padStart(3)}  `;
    return wrap(description, head, " ".repeat(head.length), width);
  });
  return `the groups of ${GROUPS_VERSION}:\n\n${rows.join("\n")}\n`;
}

function renderMembers(
  chosen: readonly [string, CallGroup][],
  width: number,
): string {
  const standings = new Set<Standing>();
  const marked = (name: string) => {
    const standing = standingOf(name);
    standings.add(standing);
    return `${name}${MARKS[standing]}`;
  };
  const paragraphs = chosen.map(([name, { description, members }]) => {
    const nested = members.filter((member) => groups.has(member));
    const own = members.filter((member) => !groups.has(member));
    return [
      ...wrap(
        `${name}: ${description} (${calls(name).length} calls)`,
        "",
        "  ",
        width,
      ),
      ...(own.length > 0 ? fill(" ", own.map(marked), "  ", width) : []),
      ...nested.flatMap((group) =>
        fill(`  ${group}:`, calls(group).map(marked), "    ", width)
      ),
    ].join("\n");
  });
  const { major, minor, micro } = getLibraryVersion();
  const legend = [
    standings.has("elsewhere") && `* does not exist on ${getNativeArch()}`,
    standings.has("unknown") &&
    `? is unknown to libseccomp ${major}.${minor}.${micro}`,
  ].filter((line) => line !== false);
  if (legend.length > 0) paragraphs.push(legend.join("\n"));
  return `${paragraphs.join("\n\n")}\n`;
}

function renderJson(chosen: readonly [string, CallGroup][]): string {
  const report = {
    version: GROUPS_VERSION,
    architecture: getNativeArch().name,
    groups: chosen.map(([name, { description, members }]) => ({
      name,
      description,
      members,
      calls: calls(name).map((call) => ({
        name: call,
        standing: standingOf(call),
      })),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function calls(group: string): readonly string[] {
  return expandGroup(group) ?? [];
}

/** Numbers below zero are of calls that exist on other architectures only. */
function standingOf(name: string): Standing {
  try {
    return getSyscallFromName(name).number < 0 ? "elsewhere" : "here";
  } catch (error) {
    if (error instanceof ScmpError && error.code === "ENOENT") return "unknown";
    throw error;
  }
}
