import { type Values, valuesOf } from "./completion_values.ts";
import type { ArgumentOutline, FlagOutline, Outline } from "./outline.ts";

/**
 * The completions of zsh, for a file `_jacamar-seccomp` in a folder of `fpath`,
 * or to be sourced.
 *
 * @param program The outline of the whole program.
 * @param version The program's version.
 */
export function renderZsh(program: Outline, version: string): string {
  return [
    "#compdef jacamar-seccomp",
    `# zsh completion of jacamar-seccomp ${version}\n`,
    ...functionsOf(program),
    `if [[ $zsh_eval_context[-1] == loadautofunc ]]; then`,
    `  _jacamar-seccomp "$@"`,
    "else",
    "  compdef _jacamar-seccomp jacamar-seccomp",
    "fi",
    "",
  ].join("\n");
}

/** A function for each command, those below a command after its own. */
function functionsOf(outline: Outline): string[] {
  const { flags, args, commands } = outline;
  const specs = flags.map(flagSpec);
  if (commands.length === 0) {
    const lines = [...specs, ...args.flatMap(argumentSpecs)];
    return [
      `${nameOf(outline)}() {\n  _arguments -s -S ${continued(lines)}\n}\n`,
    ];
  }
  const lines = [...specs, quote("1: :->command"), quote("*:: :->rest")];
  const names = commands.map((each) =>
    quote(`${last(each)}:${each.page.brief}`)
  );
  const cases = commands.map((each) =>
    `        ${last(each)}) ${nameOf(each)} ;;`
  );
  const own = `${nameOf(outline)}() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  _arguments -C -s ${continued(lines)} && return
  case $state in
    command)
      local -a commands=(
        ${names.join("\n        ")}
      )
      _describe command commands
      ;;
    rest)
      case $words[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}
`;
  return [own, ...commands.flatMap(functionsOf)];
}

function flagSpec(
  { name, alias, value, values, brief, isRepeated }: FlagOutline,
): string {
  const text = `[${escape(brief)}]`;
  const takes = value === undefined
    ? ""
    : `:${escape(value)}:${action(valuesOf(value, values))}`;
  const long = value === undefined ? name : `${name}=`;
  if (isRepeated) return quote(`*${long}${text}${takes}`);
  if (alias === undefined) return quote(`${long}${text}${takes}`);
  const short = value === undefined ? alias : `${alias}+`;
  return `${quote(`(${alias} ${name})`)}{${short},${long}}${
    quote(text + takes)
  }`;
}

function argumentSpecs({ name, isRepeated }: ArgumentOutline): string[] {
  const values = valuesOf(name);
  if (values.kind === "command line") {
    return [quote("(-)1: :_command_names -e"), quote("*:: :_normal")];
  }
  const place = isRepeated ? "*" : "";
  return [quote(`${place}:${escape(name)}:${action(values)}`)];
}

function action(values: Values): string {
  switch (values.kind) {
    case "words":
      return `(${values.words.join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "users":
      return "_users";
    case "processes":
      return "_pids";
    case "command line":
      return "_normal";
    case "nothing":
      return "()";
  }
}

function nameOf({ path }: Outline): string {
  return ["_jacamar-seccomp", ...path].join("_");
}

function last({ path }: Outline): string {
  return path.at(-1) ?? "";
}

function continued(lines: readonly string[]): string {
  return ["", ...lines].join(" \\\n    ");
}

/** A text within a specification of `_arguments`. */
function escape(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
