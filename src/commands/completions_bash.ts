import { type Values, valuesOf } from "./completion_values.ts";
import type { FlagOutline, Outline } from "./outline.ts";

/**
 * Reads the line as it is typed: bash would break words at `=` and `:`, and
 * wants the last piece of one only.
 */
const WALK = `_jacamar_seccomp() {
  local line=\${COMP_LINE:0:COMP_POINT} current='' word path='' takes='' inner i
  local commands flags values argument
  local -a words=()
  read -ra words <<<"$line"
  if [[ $line != *[[:space:]] ]]; then
    i=$((\${#words[@]} - 1))
    current=\${words[i]}
    unset 'words[i]'
  fi
  COMPREPLY=()
  _jacamar_seccomp_outline ''
  for word in "\${words[@]:1}"; do
    if [[ -n $takes ]]; then
      takes=''
    elif [[ $word == -- ]]; then
      flags=''
      commands=''
      [[ $argument == command_line ]] && _jacamar_seccomp_command_line && return
    elif [[ " $values " == *" $word:"* ]]; then
      takes=\${values#*"$word:"}
      takes=\${takes%% *}
    elif [[ " $commands " == *" $word "* ]]; then
      path="$path $word"
      _jacamar_seccomp_outline "$path"
    fi
  done
  if [[ -z $takes && $current == --*=* ]]; then
    word=\${current%%=*}
    [[ " $values " == *" $word:"* ]] || return
    takes=\${values#*"$word:"}
    takes=\${takes%% *}
    current=\${current#*=}
  fi
  if [[ -n $takes ]]; then
    _jacamar_seccomp_values "$takes"
  elif [[ $current == -* ]]; then
    _jacamar_seccomp_reply -W "$flags"
  elif [[ -n $commands ]]; then
    _jacamar_seccomp_reply -W "$commands"
  elif [[ -n $argument && $argument != command_line ]]; then
    _jacamar_seccomp_values "$argument"
  fi
}

_jacamar_seccomp_reply() {
  local piece=$current mark
  for mark in = :; do
    [[ $COMP_WORDBREAKS == *"$mark"* ]] && piece=\${piece##*"$mark"}
  done
  local before=\${current%"$piece"} reply
  while IFS= read -r reply; do
    COMPREPLY+=("\${reply#"$before"}")
  done < <(compgen "$@" -- "$current")
}

_jacamar_seccomp_command_line() {
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && break
  done
  if declare -F _command_offset >/dev/null; then
    _command_offset $((i + 1))
  elif ((i + 1 == COMP_CWORD)); then
    _jacamar_seccomp_reply -c
  else
    compopt -o filenames
    _jacamar_seccomp_reply -f
  fi
}
`;

/**
 * The completions of bash.
 *
 * @param program The outline of the whole program.
 * @param version The program's version.
 */
export function renderBash(program: Outline, version: string): string {
  const all = outlines(program);
  const kinds = new Map(all.flatMap(places));
  const cases = all.map(renderOutline);
  return [
    `# bash completion of jacamar-seccomp ${version}\n`,
    WALK,
    `_jacamar_seccomp_outline() {\n  case $1 in\n${
      cases.join("\n")
    }\n  esac\n}\n`,
    renderValues(kinds),
    "complete -F _jacamar_seccomp jacamar-seccomp\n",
  ].join("\n");
}

/** What may stand in the places of a command, by the script's names for them. */
function places({ flags, args }: Outline): [name: string, Values][] {
  return [
    ...flags.flatMap(({ value, values }) =>
      value === undefined ? [] : [{ value, values }]
    ),
    ...args.map(({ name }) => ({ value: name, values: undefined })),
  ].map(({ value, values }) => {
    const kind = valuesOf(value, values);
    return [placeName(value, kind), kind];
  });
}

function placeName(placeholder: string, { kind }: Values): string {
  return kind === "words"
    ? placeholder.replaceAll(/\W+/g, "_")
    : kind.replaceAll(" ", "_");
}

function renderOutline({ path, commands, flags, args }: Outline): string {
  const names = ({ name, alias }: FlagOutline) =>
    alias === undefined ? [name] : [alias, name];
  const valued = flags.flatMap((flag) => {
    const { value, values } = flag;
    if (value === undefined) return [];
    const place = placeName(value, valuesOf(value, values));
    return names(flag).map((name) => `${name}:${place}`);
  });
  const [argument = ""] = args.map(({ name }) =>
    placeName(name, valuesOf(name))
  );
  return `    ${quote(path.map((word) => ` ${word}`).join(""))})
      commands=${quote(commands.map(last).join(" "))}
      flags=${quote(flags.flatMap(names).join(" "))}
      values=${quote(valued.join(" "))}
      argument=${quote(argument)}
      ;;`;
}

function renderValues(kinds: ReadonlyMap<string, Values>): string {
  const cases = [...kinds].map(([name, values]) =>
    `    ${name}) ${reply(values)} ;;`
  );
  return `_jacamar_seccomp_values() {\n  case $1 in\n${
    cases.join("\n")
  }\n  esac\n}\n`;
}

function reply(values: Values): string {
  switch (values.kind) {
    case "words":
      return `_jacamar_seccomp_reply -W ${quote(values.words.join(" "))}`;
    case "files":
      return "compopt -o filenames; _jacamar_seccomp_reply -f";
    case "folders":
      return "compopt -o filenames; _jacamar_seccomp_reply -d";
    case "users":
      return "_jacamar_seccomp_reply -u";
    case "processes":
      return `_jacamar_seccomp_reply -W "$(cd /proc && echo [0-9]*)"`;
    case "command line":
    case "nothing":
      return ":";
  }
}

/** An outline and all below it. */
function outlines(outline: Outline): readonly Outline[] {
  return [outline, ...outline.commands.flatMap(outlines)];
}

function last({ path }: Outline): string {
  return path.at(-1) ?? "";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
