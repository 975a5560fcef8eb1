import { type Values, valuesOf } from "./completion_values.ts";
import type { FlagOutline, Outline } from "./outline.ts";

const WALK = `function __jacamar_seccomp_at
    set -l words (commandline -opc)[2..]
    for i in (seq (count $argv))
        test "$words[$i]" = "$argv[$i]"; or return 1
    end
end

function __jacamar_seccomp_ends_at
    set -l words (string match -v -- '-*' (commandline -opc)[2..])
    test "$words" = "$argv"
end

function __jacamar_seccomp_in_driver
    __jacamar_seccomp_at $argv; and contains -- -- (commandline -opc)
end

function __jacamar_seccomp_driver
    set -l words (commandline -opc) (commandline -ct)
    set -l end (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $end + 1)..-2]) $words[-1])
end
`;

/**
 * The completions of fish.
 *
 * @param program The outline of the whole program.
 * @param version The program's version.
 */
export function renderFish(program: Outline, version: string): string {
  return [
    `# fish completion of jacamar-seccomp ${version}\n`,
    WALK,
    "complete -c jacamar-seccomp -f",
    ...linesOf(program),
    "",
  ].join("\n");
}

function linesOf(outline: Outline): string[] {
  const { path, flags, args, commands } = outline;
  const isGroup = commands.length > 0;
  const words = path.map((word) => ` ${word}`).join("");
  const at = `__jacamar_seccomp_${isGroup ? "ends_at" : "at"}${words}`;
  return [
    ...commands.map((each) =>
      complete(at, `-a ${quote(each.path.at(-1) ?? "")}`, each.page.brief)
    ),
    ...flags.map((flag) => complete(at, flagOptions(flag), flag.brief)),
    ...args.slice(0, 1).flatMap(({ name }) => {
      const values = valuesOf(name);
      if (values.kind === "nothing") return [];
      return values.kind === "command line"
        ? [complete(
          `__jacamar_seccomp_in_driver${words}`,
          "-a '(__jacamar_seccomp_driver)'",
        )]
        : [complete(at, argumentOptions(values))];
    }),
    ...commands.flatMap(linesOf),
  ];
}

function complete(condition: string, options: string, brief?: string): string {
  const text = brief === undefined ? "" : ` -d ${quote(brief)}`;
  return `complete -c jacamar-seccomp -n ${quote(condition)} ${options}${text}`;
}

function flagOptions({ name, alias, value, values }: FlagOutline): string {
  const short = alias === undefined ? "" : `-s ${alias.slice(1)} `;
  const names = `${short}-l ${name.slice(2)}`;
  if (value === undefined) return names;
  return `${names} -r ${argumentOptions(valuesOf(value, values))}`;
}

function argumentOptions(values: Values): string {
  switch (values.kind) {
    case "words":
      return `-f -a ${quote(values.words.join(" "))}`;
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    case "users":
      return "-f -a '(__fish_complete_users)'";
    case "processes":
      return "-f -a '(__fish_complete_pids)'";
    case "command line":
    case "nothing":
      return "-f";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
