/**
 * Where a page of the documentation is followed: folders in place of those that
 * it names, so that nothing of the machine's is changed.
 *
 * @module
 */
import type { Setting } from "./page_settings.ts";
import { type Program, Scratch } from "./program.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** An ordinary user. */
export const NOBODY = 65534;

/** Where the pages have configurations. */
const ETC = "/etc/jacamar";

/** Where the pages have the driver, for which a stand-in will do. */
const BIN = "/opt/jacamar/bin";
const DRIVER = '#!/bin/sh\n[ "$1" = run ] || exit 0\nexec sh -e "$2"\n';

/** What is below `/usr`, from which commands copy and to which they write. */
const USR = [
  "share/bash-completion/completions",
  "share/fish/vendor_completions.d",
  "share/zsh/vendor-completions",
  "share/jacamar-seccomp",
  "local/share/man/man1",
];

/** What is around a page's reader; gone when it is disposed of. */
export class PageScene implements Disposable {
  /** Where the reader sits. */
  readonly folder: string;
  /** With `jacamar-seccomp` and `deno`, for `PATH`. */
  readonly tools: string;
  readonly #cleanup = new DisposableStack();
  /** Folders as the page names them, and as they are here. */
  readonly #places: readonly (readonly [shown: string, real: string])[];
  readonly #usr: string;

  /**
   * @param program What `jacamar-seccomp` is.
   * @param isNobody Whether the reader is an ordinary user and not this one.
   */
  constructor(program: Program, setting: Setting, isNobody: boolean) {
    const tools = this.#cleanup.use(new Scratch());
    tools.file("jacamar-seccomp", callOf(...program.command), 0o755);
    tools.file("deno", callOf(Deno.execPath()), 0o755);
    this.tools = tools.path;
    this.folder = this.#folderLike(setting.folder);
    if (isNobody) Deno.chownSync(this.folder, NOBODY, NOBODY);
    if (setting.isClone) this.#layOutClone();
    const bin = this.#folderLike(BIN);
    Deno.writeTextFileSync(`${bin}/jacamar-auth`, DRIVER, { mode: 0o755 });
    const etc = setting.folder === ETC ? this.folder : this.#folderLike(ETC);
    this.#places = [[setting.folder, this.folder], [BIN, bin], [ETC, etc]];
    this.#usr = this.#layOutUsr();
  }

  /** A file of the page with the paths that are here. */
  file(text: string): string {
    return this.#places.reduce(
      (text, [shown, real]) => text.replaceAll(shown, real),
      text,
    );
  }

  /** A command line of the page with the paths that are here. */
  command(line: string): string {
    return this.file(line).replaceAll("/usr/", this.#usr);
  }

  /** What was printed here with the paths that the page has. */
  shown(output: string): string {
    return this.#places.reduce(
      (text, [shown, real]) => text.replaceAll(real, shown),
      output.replaceAll(this.#usr, "/usr/")
        .replaceAll(`${ROOT}build/`, "/usr/bin/"),
    );
  }

  [Symbol.dispose](): void {
    this.#cleanup.dispose();
  }

  /** A folder with as long a path as another one: lines are wrapped. */
  #folderLike(folder: string): string {
    const real = `/tmp/${crypto.randomUUID()}`.slice(0, folder.length);
    Deno.mkdirSync(real);
    this.#cleanup.defer(() => Deno.removeSync(real, { recursive: true }));
    Deno.chmodSync(real, 0o755);
    return real;
  }

  /** What commands take from a clone, with what is tested as its executable. */
  #layOutClone(): void {
    Deno.symlinkSync(this.tools, `${this.folder}/build`);
    for (const name of ["docs", "scripts"]) {
      Deno.symlinkSync(`${ROOT}${name}`, `${this.folder}/${name}`);
    }
    Deno.mkdirSync(`${this.folder}/plugins`);
    for (const { name } of Deno.readDirSync(`${ROOT}plugins`)) {
      Deno.copyFileSync(
        `${ROOT}plugins/${name}`,
        `${this.folder}/plugins/${name}`,
      );
    }
  }

  #layOutUsr(): string {
    const usr = `${this.tools}/usr/`;
    for (const name of USR) Deno.mkdirSync(usr + name, { recursive: true });
    Deno.symlinkSync(
      `${ROOT}plugins`,
      `${usr}share/jacamar-seccomp/plugins`,
    );
    return usr;
  }
}

function callOf(...command: readonly string[]): string {
  return `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`;
}
