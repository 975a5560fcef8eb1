import { int, libc } from "../libc/mod.ts";

/** The database of the machine's own users, passwd(5). */
const PASSWD = "/etc/passwd";
/** The highest id; one more is (uid_t) −1, which is none. */
const HIGHEST_ID = 0xffff_fffe;

/** A user's ids, each 0 to 2³²−2. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A user that cannot be found, or is not one. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code = "EUSER";
}

/**
 * Finds the ids of a user: `UID:GID` as they are, a name or a bare UID in
 * /etc/passwd and nowhere else.
 *
 * The name service switch (getpwnam(3)) is not asked: it would load modules and
 * speak to servers in a process that runs as root, with their time-outs and
 * failures. A user that only a directory knows is given as `UID:GID`.
 *
 * @param user A name, `UID`, or `UID:GID`. What is all digits is a number.
 * @throws {UserError} If there is no such user, or an id is out of range.
 */
export function resolveUser(user: string): User {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  if (uid !== undefined && gid !== undefined) {
    return { uid: parseId(uid, user), gid: parseId(gid, user) };
  }
  const wanted = uid === undefined ? undefined : parseId(uid, user);
  for (const line of Deno.readTextFileSync(PASSWD).split("\n")) {
    const [name, , lineUid, lineGid] = line.split(":");
    // What is no number is no user of this file: `+` lines, for instance.
    if (lineGid === undefined || !/^\d+$/.test(lineUid)) continue;
    if (wanted === undefined ? name !== user : Number(lineUid) !== wanted) {
      continue;
    }
    return { uid: parseId(lineUid, user), gid: parseId(lineGid, user) };
  }
  throw new UserError(
    `there is no user ${user} in ${PASSWD}: give one that a directory knows as UID:GID`,
  );
}

/** The effective ids of this process. */
export function effectiveUser(): User {
  const { getegid, geteuid } = libc().calls;
  return { uid: geteuid(int(0)), gid: getegid(int(0)) };
}

function parseId(digits: string, user: string): number {
  const id = /^\d+$/.test(digits) ? Number(digits) : NaN;
  if (id <= HIGHEST_ID) return id;
  throw new UserError(
    `the user ${user} has the id ${digits}, which is not one from 0 to ${HIGHEST_ID}`,
  );
}
