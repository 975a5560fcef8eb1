import { cString, SystemCallError } from "../libc/mod.ts";
import { learnCalls } from "./_calls.ts";

/** Of open(2): O_RDONLY | O_DIRECTORY | O_CLOEXEC; the second differs on Arm. */
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
const O_CLOEXEC = 0o2000000;
/** Of flock(2). */
const LOCK_EX = 2;
/** Of access(2): W_OK | X_OK. */
const MAY_WRITE = 3;

/**
 * Makes sure that files can be made in a folder.
 *
 * @param folder The folder's path.
 * @throws {SystemCallError} If they cannot.
 */
export function requireWritable(folder: string): void {
  if (learnCalls().euidaccess(cString(folder).bytes, MAY_WRITE) !== 0) {
    throw new SystemCallError(`write into ${folder}`);
  }
}

/**
 * A folder that is this process's to change, as long as all others ask too: no
 * file has to be left behind for that.
 *
 * Source: flock(2).
 */
export class FolderLock implements Disposable {
  readonly #fd: number;

  /**
   * Waits until nobody else has it.
   *
   * @param folder The folder's path.
   * @throws {SystemCallError} If it cannot be opened or locked.
   */
  constructor(folder: string) {
    const { open, flock } = learnCalls();
    this.#fd = open(cString(folder).bytes, O_DIRECTORY | O_CLOEXEC, 0);
    if (this.#fd < 0 || flock(this.#fd, LOCK_EX) !== 0) {
      throw new SystemCallError(`lock ${folder}`);
    }
  }

  [Symbol.dispose](): void {
    learnCalls().close(this.#fd);
  }
}
