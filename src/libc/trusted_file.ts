/**
 * Files that decide what root executes: nobody may be able to change them but
 * root and the user that this process runs as.
 *
 * @module
 */
import { errnoName } from "./errno.ts";
import { int, libc } from "./mod.ts";

/** A file that somebody else could have made or can change, or that is none. */
export class TrustError extends Error {
  override readonly name = "TrustError";
  /** The errno name where the file could not be looked at, else `EUNTRUSTED`. */
  readonly code: string;

  constructor(message: string, code = "EUNTRUSTED", options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A file that may be trusted, open for reading. */
export interface TrustedFile {
  /** Its absolute path without links. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Reads all of it, once, and closes it. */
  read(): Uint8Array<ArrayBuffer>;
}

/** `S_ISVTX`: in such a folder only a file's owner may rename or remove it. */
const STICKY = 0o1000;
/** `S_IWGRP` and `S_IWOTH`. */
const WRITABLE_BY_OTHERS = 0o022;
/** A device of the kernel's. */
const DEVICE = /^\/dev\/[^/]+$/;
/** As many links as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Opens a file if nobody else can change it: it is a regular file, and it and
 * every folder on the way to it belong to root or to the effective user and are
 * writable by nobody else. A folder that others can write to will do if it is
 * sticky, as `/tmp` is.
 *
 * The way is looked at from the root down, through each link, and the file once
 * more after it was opened: what was found cannot be changed meanwhile by
 * anybody who may not.
 *
 * @param path An absolute path.
 * @throws {TrustError} If it may not be trusted, or cannot be opened; the
 * message names the path and the mode that are at fault.
 */
export function openTrusted(path: string): TrustedFile {
  const user = libc().calls.geteuid(int(0));
  const real = resolve(path, user, (here, info) => {
    if (info === undefined) throw absent(here);
    if (!info.isFile) throw new TrustError(`${here} is not a regular file`);
    requireTrust(here, info, user);
  });
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(real, { read: true });
  } catch (cause) {
    throw unreadable(real, cause);
  }
  const info = file.statSync();
  try {
    requireTrust(real, info, user);
  } catch (error) {
    file.close();
    throw error;
  }
  return { path: real, size: info.size, read: () => readAll(file, info.size) };
}

/** Where a file is, or could be made, that is only to be written to. */
export interface TrustedPlace {
  /** Its absolute path without links. */
  readonly path: string;
  /** Whether there is one. */
  readonly isThere: boolean;
}

/**
 * Looks for a place to write to, to which nobody else leads: no folder and no
 * link on the way is others', and what is there belongs to root or to the
 * effective user and has no other name. In a sticky folder, others may have
 * made another name of a file that they may not write to (link(2)), and may
 * still put a file where there is none: it must be made with `O_EXCL`.
 *
 * What is in `/dev` itself only root made; it is not looked at, because Deno
 * keeps it from all but who has every permission, and may be a link.
 *
 * @param path An absolute path.
 * @throws {TrustError} If it may not be trusted, or cannot be looked at.
 */
export function trustedPlace(path: string): TrustedPlace {
  const user = libc().calls.geteuid(int(0));
  let isThere = false;
  const real = resolve(path, user, (here, info) => {
    if (DEVICE.test(here)) isThere = true;
    if (info === undefined) return;
    isThere = true;
    requireOwner(here, info, user);
    if (info.isDirectory) throw new TrustError(`${here} is a folder`, "EISDIR");
    if (info.nlink === 1) return;
    throw new TrustError(`${here} has other names (${info.nlink} hard links)`);
  }, true);
  return { path: real, isThere };
}

/**
 * The path without links, if no folder or link on the way is others'.
 *
 * @param requireEnd Judges what the path ends in, if that is there at all.
 * @param mayBeDevice Whether it may end in `/dev`, which is not looked at.
 */
function resolve(
  path: string,
  user: number,
  requireEnd: (here: string, info: Deno.FileInfo | undefined) => void,
  mayBeDevice = false,
): string {
  const rest = path.split("/").reverse();
  let here = "";
  let links = 0;
  requireTrust("/", Deno.lstatSync("/"), user);
  for (;;) {
    const name = rest.pop();
    if (name === undefined) {
      // It ended in `..`, or is the root itself.
      here ||= "/";
      requireEnd(here, stat(here));
      return here;
    }
    if (name === "" || name === ".") continue;
    if (name === "..") {
      here = here.slice(0, here.lastIndexOf("/"));
      continue;
    }
    const next = `${here}/${name}`;
    const isLast = rest.every((each) => each === "" || each === ".");
    if (next === "/dev" && rest.length === 1 && mayBeDevice) {
      here = next;
      continue;
    }
    const info = mayBeDevice && DEVICE.test(next) ? undefined : stat(next);
    if (info === undefined) {
      if (!isLast) throw absent(next);
      requireEnd(next, undefined);
      return next;
    }
    if (info.isSymlink) {
      if (++links > MOST_LINKS) {
        throw new TrustError(`${path}: too many links`, "ELOOP");
      }
      requireOwner(next, info, user);
      const target = Deno.readLinkSync(next);
      if (target.startsWith("/")) here = "";
      rest.push(...target.split("/").reverse());
      continue;
    }
    here = next;
    if (isLast) {
      requireEnd(here, info);
      return here;
    }
    if (!info.isDirectory) {
      throw new TrustError(`${here} is not a folder`, "ENOTDIR");
    }
    requireTrust(here, info, user);
  }
}

/** What is there, if there is anything. */
function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, cause);
  }
}

function absent(path: string, cause?: unknown): TrustError {
  const why = "there is no such file";
  return new TrustError(`${path}: ${why}`, "ENOENT", { cause });
}

function unreadable(path: string, cause: unknown): TrustError {
  if (cause instanceof Deno.errors.NotFound) return absent(path, cause);
  if (cause instanceof Deno.errors.NotCapable) {
    // Deno keeps /dev, /proc and /sys from all but who has every permission.
    const why = "no file of the kernel's will do";
    return new TrustError(`${path}: ${why}`, "EACCES", { cause });
  }
  const { message } = cause as Error;
  const [, number] = /\(os error (\d+)\)/.exec(message) ?? [];
  const code = number === undefined ? "EIO" : errnoName(Number(number));
  return new TrustError(`${path}: ${code}`, code, { cause });
}

function requireTrust(path: string, info: Deno.FileInfo, user: number): void {
  requireOwner(path, info, user);
  const mode = info.mode ?? WRITABLE_BY_OTHERS;
  const isSticky = info.isDirectory && (mode & STICKY) !== 0;
  if ((mode & WRITABLE_BY_OTHERS) === 0 || isSticky) return;
  const others = (mode & 0o002) === 0 ? "its group" : "everybody";
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  throw new TrustError(
    `${path} may be changed by ${others} (mode ${octal}): chmod go-w ${path}`,
  );
}

function requireOwner(path: string, info: Deno.FileInfo, user: number): void {
  const { uid } = info;
  if (uid === 0 || uid === user) return;
  const allowed = user === 0 ? "root" : `root or user ${user}`;
  throw new TrustError(
    `${path} belongs to user ${uid}, and must belong to ${allowed}`,
  );
}

function readAll(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> {
  using _ = file;
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (;;) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) return bytes.slice(0, length);
    length += count;
    if (length < bytes.length) continue;
    const longer = new Uint8Array(2 * bytes.length);
    longer.set(bytes);
    bytes = longer;
  }
}
