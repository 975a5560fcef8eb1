/**
 * Prints the declarations of what plugins and their tests import, for editors:
 * one file with a `declare module` for each name, which needs nothing beside
 * it.
 *
 * TypeScript writes declarations for each file of the source. Of these is taken
 * what the two modules export, and what that refers to in turn.
 *
 * @module
 */
import ts from "@typescript/typescript6";

const ROOT = new URL("../", import.meta.url).pathname;

/** Each with its file; a later one imports from those before it. */
const MODULES = [
  { name: "jacamar-seccomp", file: `${ROOT}src/mod.ts` },
  { name: "jacamar-seccomp/testing", file: `${ROOT}src/testing.ts` },
] as const;

const OPTIONS: ts.CompilerOptions = {
  declaration: true,
  emitDeclarationOnly: true,
  allowImportingTsExtensions: true,
  strict: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** What a module exports. */
interface Exports {
  readonly symbols: ReadonlySet<ts.Symbol>;
  /** Classes that are exported as types alone: a value would be too much. */
  readonly typesOnly: ReadonlySet<ts.Symbol>;
}

const program = declarations();
const checker = program.getTypeChecker();
const files = new Set<ts.SourceFile>(
  program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(ROOT)),
);

/** Which module exports what. */
const origins = new Map<ts.Symbol, string>();
console.log(
  "// Written by `jacamar-seccomp plugin types`. Declares what plugins and their tests import.\n",
);
for (const { name, file } of MODULES) {
  const exported = exportsOf(file);
  console.log(render(name, file, exported));
  for (const symbol of exported.symbols) origins.set(symbol, name);
}

/** A program of declarations alone, under the names of the source. */
function declarations(): ts.Program {
  const roots = MODULES.map(({ file }) => file);
  const emitted = new Map<string, string>();
  ts.createProgram(roots, OPTIONS).emit(undefined, (name, text) => {
    emitted.set(name.replace(/\.d\.ts$/, ".ts"), text);
  });
  const host = ts.createCompilerHost(OPTIONS, true);
  const { readFile, getSourceFile } = host;
  host.readFile = (name) => emitted.get(name) ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const text = emitted.get(name);
    return text === undefined
      ? getSourceFile(name, version)
      : ts.createSourceFile(name, text, version, true);
  };
  return ts.createProgram(roots, OPTIONS, host);
}

function exportsOf(file: string): Exports {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is no module`);
  const symbols = new Set<ts.Symbol>();
  const typesOnly = new Set<ts.Symbol>();
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = resolve(symbol);
    symbols.add(target);
    if (
      target.flags & ts.SymbolFlags.Class &&
      symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration)
    ) typesOnly.add(target);
  }
  return { symbols, typesOnly };
}

/** What a name stands for in the end. */
function resolve(symbol: ts.Symbol): ts.Symbol {
  if (!(symbol.flags & ts.SymbolFlags.Alias)) return symbol;
  const target = checker.getAliasedSymbol(symbol);
  if (target.name === symbol.name) return target;
  throw new Error(`${target.name} is renamed to ${symbol.name}`);
}

/** One module, as an ambient declaration. */
function render(name: string, file: string, exported: Exports): string {
  const { statements, imported } = collect(exported.symbols);
  const imports = Map.groupBy(imported, (symbol) => origins.get(symbol));
  return [
    moduleComment(file),
    `declare module "${name}" {`,
    ...[...imports].map(([from, symbols]) =>
      `import type { ${symbols.map(nameOf).sort()} } from "${from}";`
    ),
    ...statements.map(([statement, symbol]) => {
      const isOut = exported.symbols.has(symbol) &&
        !exported.typesOnly.has(symbol);
      return textOf(statement, isOut);
    }),
    // Without such a list, all of an ambient module is exported.
    `export type { ${[...exported.typesOnly].map(nameOf).sort()} };`,
    "}",
  ].join("\n");
}

/** What declares some names and all that they refer to, in their order. */
function collect(symbols: ReadonlySet<ts.Symbol>): {
  statements: [ts.Statement, ts.Symbol][];
  imported: ts.Symbol[];
} {
  const statements = new Map<ts.Statement, ts.Symbol>();
  const imported = new Set<ts.Symbol>();
  const names = new Map<string, ts.Symbol>();
  const add = (symbol: ts.Symbol) => {
    if (origins.has(symbol)) return void imported.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      const statement = ts.findAncestor(declaration, ts.isStatement);
      const isOurs = statement && ts.isSourceFile(statement.parent) &&
        files.has(statement.parent);
      if (!isOurs || statements.has(statement)) continue;
      if ((names.get(symbol.name) ?? symbol) !== symbol) {
        throw new Error(`there are two of the name ${symbol.name}`);
      }
      names.set(symbol.name, symbol);
      statements.set(statement, symbol);
      visit(statement);
    }
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportTypeNode(node)) {
      throw new Error(`${node.getText()} needs a name in the source`);
    }
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol) add(resolve(symbol));
    }
    ts.forEachChild(node, visit);
  };
  symbols.forEach(add);
  const sources = [...files];
  const order = ([statement]: [ts.Statement, unknown]): [number, number] => [
    sources.indexOf(statement.getSourceFile()),
    statement.pos,
  ];
  return {
    statements: [...statements].sort((one, other) => {
      const [a, b] = [order(one), order(other)];
      return a[0] - b[0] || a[1] - b[1];
    }),
    imported: [...imported],
  };
}

function nameOf({ name }: ts.Symbol): string {
  return name;
}

/** A declaration with its comment, as it stands within `declare module`. */
function textOf(statement: ts.Statement, isExported: boolean): string {
  const [comment] = ts.getJSDocCommentsAndTags(statement).slice(-1);
  const text = statement.getText().replace(/^(export )?(declare )?/, "");
  return [comment?.getText() ?? "", isExported ? `export ${text}` : text]
    .join("\n");
}

/** The comment that a source file begins with. */
function moduleComment(file: string): string {
  const text = Deno.readTextFileSync(file);
  const [comment] = ts.getLeadingCommentRanges(text, 0) ?? [];
  return comment ? text.slice(comment.pos, comment.end) : "";
}
