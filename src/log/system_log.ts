import { cString, int, libc, SystemCallError } from "../libc/mod.ts";
import { trustedPlace, TrustError } from "../libc/trusted_file.ts";

/** How much a record matters. */
export type Level = "error" | "warn" | "info" | "debug";

/**
 * One record: a JSON object in one line. Fields that are `undefined` are left
 * out.
 */
export interface LogRecord {
  readonly level: Level;
  readonly msg: string;
  readonly stage?: string;
  readonly [field: string]: unknown;
}

/** Where records go. */
export interface LogSettings {
  readonly enabled: boolean;
  /** Records that matter less are left out. */
  readonly level: Level;
  /** `syslog`, or the absolute path of a file. */
  readonly location: string;
}

/** The system log, which only administrators read. */
export interface SystemLog {
  /**
   * The descriptor that records are written to, for what must be written
   * without this program.
   */
  readonly fd: number;
  /**
   * A record as the bytes that stand for it in this log; `undefined` if its
   * level is left out.
   */
  format(record: LogRecord): string | undefined;
  /**
   * Writes a record.
   *
   * @throws {SystemCallError} If it cannot be written, as with a full disk or a
   * full socket.
   */
  write(record: LogRecord): void;
}

/** Held from before any plugin, which could put another `Deno` in its place. */
const { pid } = Deno;

/** The severities of syslog(3), and logrus's names for them. */
const SEVERITY: Readonly<Record<Level, number>> = {
  error: 3,
  warn: 4,
  info: 6,
  debug: 7,
};
/** `LOG_DAEMON` of syslog(3). */
const FACILITY = 3 << 3;
const TAG = "jacamar-seccomp";
const SOCKET = "/dev/log";

const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NOCTTY = 0o400;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;
/** It has another value on aarch64 than elsewhere (asm/fcntl.h). */
const O_NOFOLLOW = Deno.build.arch === "aarch64" ? 0o100000 : 0o400000;
const O_CLOEXEC = 0o2000000;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;

/**
 * Opens the system log. Its descriptor is not inherited by the driver, and
 * writing to it never blocks.
 *
 * @param settings Where records go.
 * @returns The log, or `undefined` if it is not enabled.
 * @throws {SystemCallError} If it cannot be opened.
 * @throws {TrustError} If somebody else could have decided which file that is.
 *
 * Source: syslog(3), unix(7); RFC 3164 for the line that goes to the syslog
 * socket.
 */
export function openSystemLog(
  { enabled, level, location }: LogSettings,
): SystemLog | undefined {
  if (!enabled) return undefined;
  const isSyslog = location === "syslog";
  const fd = isSyslog ? connectSyslog() : openFile(location);
  const format = (record: LogRecord) => {
    if (SEVERITY[record.level] > SEVERITY[level]) return undefined;
    const now = new Date();
    const json = JSON.stringify({ time: now.toISOString(), ...record });
    if (!isSyslog) return `${json}\n`;
    const priority = FACILITY | SEVERITY[record.level];
    return `<${priority}>${syslogTime(now)} ${TAG}[${pid}]: ${json}`;
  };
  return {
    fd,
    format,
    write(record) {
      const text = format(record);
      if (text === undefined) return;
      const bytes = new TextEncoder().encode(text);
      const written = libc().calls.write(int(fd), bytes, BigInt(bytes.length));
      if (written < 0) {
        throw new SystemCallError(`write to the system log ${location}`);
      }
      if (Number(written) < bytes.length) {
        throw new Error(
          `could write only ${written} of ${bytes.length} bytes to the system log ${location}`,
        );
      }
    },
  };
}

/**
 * How often a file may come and go while it is opened, as when many launches
 * make it at once or it is rotated.
 */
const MOST_TRIES = 10;

function openFile(path: string): number {
  let problem: SystemCallError | undefined;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const { path: real, isThere } = findPlace(path);
    const flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
      O_NOFOLLOW | (isThere ? 0 : O_CREAT | O_EXCL);
    const fd = libc().calls.open(cString(real).pointer, flags, 0o600);
    if (fd >= 0) return fd;
    problem = new SystemCallError(`open the system log ${path}`);
    if (problem.code !== (isThere ? "ENOENT" : "EEXIST")) break;
  }
  throw problem;
}

/** Where the log is, if nobody else could have led there. */
function findPlace(path: string): ReturnType<typeof trustedPlace> {
  try {
    return trustedPlace(path);
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    const { code, message } = cause;
    throw new TrustError(
      `could not open the system log ${path}: ${message}`,
      code,
      { cause },
    );
  }
}

function connectSyslog(): number {
  const { connect, socket } = libc().calls;
  const fd = socket(int(AF_UNIX), SOCK_DGRAM | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0) throw new SystemCallError("make a socket for the system log");
  // struct sockaddr_un: a family of two bytes, then the path.
  const address = new Uint8Array(110);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(new TextEncoder().encode(SOCKET), 2);
  if (connect(int(fd), address, address.length) !== 0) {
    throw new SystemCallError(`reach the system log at ${SOCKET}`);
  }
  return fd;
}

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** The local time as RFC 3164 has it: `Nov  4 09:05:07`. */
function syslogTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = String(date.getDate()).padStart(2, " ");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two)
    .join(":");
  return `${MONTHS[date.getMonth()]} ${day} ${clock}`;
}
