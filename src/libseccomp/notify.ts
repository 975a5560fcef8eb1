import { errno } from "../libc/errno.ts";
import { Listener } from "./_listener.ts";
import {
  checkId,
  readId,
  readRequest,
  writeResponse,
} from "./_notify_layout.ts";
import { failure, ScmpError } from "./error.ts";
import type { ScmpFd } from "./filter.ts";
import type { ScmpNotifReq, ScmpNotifResp } from "./notification.ts";

/**
 * Waits for the next notification of a filter, which comes when a rule with
 * {@linkcode ActNotify} meets a call. Meanwhile the event loop goes on; the
 * thread that made the call waits until {@linkcode notifRespond} answers.
 *
 * A receive that is given up takes no notification with it. One listener is for
 * one process to receive from: where several do, one that was woken for a
 * notification which another then took is held up until the next.
 *
 * @param fd The listener. Closing it ends the wait, within a tenth of a second,
 * with `EBADF`.
 * @param options `signal` ends the wait as soon, with its reason.
 * @returns The notification.
 * @throws {ScmpError} `ENOENT` if the thread was killed or interrupted in this
 * very moment: receive again. `ESRCH` if no process has the filter any more.
 * `EBADF` or `ENOTTY` if the descriptor is closed or no listener, `EINVAL` if
 * it cannot be a descriptor. `ENOLIB` if libseccomp cannot be opened.
 * @throws {VersionError} Below API level 6 (libseccomp 2.5, Linux 5.7).
 *
 * Source: seccomp_notify_receive(3), seccomp_unotify(2); `NotifReceive` of
 * libseccomp-golang.
 *
 * @example
 * ```ts
 * import { errno, notifReceive, notifRespond, type ScmpFd } from "jacamar-seccomp";
 *
 * async function refuseAll(listener: ScmpFd) {
 *   for (;;) {
 *     const { id } = await notifReceive(listener);
 *     notifRespond(listener, { id, error: errno.EPERM });
 *   }
 * }
 * ```
 */
export async function notifReceive(
  fd: ScmpFd,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ScmpNotifReq> {
  const listener = new Listener(fd);
  signal?.throwIfAborted();
  for (;;) {
    listener.check();
    await listener.wait();
    signal?.throwIfAborted();
    switch (listener.poll()) {
      case "request": {
        const request = receive(listener);
        if (request) return request;
        break;
      }
      case "nobody":
        throw failure(-errno.ESRCH, "receive a notification", {
          ESRCH: "no process has the filter any more",
        });
      case "nothing":
    }
  }
}

/**
 * Answers a notification: the call fails, returns, or goes on.
 *
 * @param fd The listener that it came from.
 * @param response The answer.
 * @throws {ScmpError} `ENOENT` if no thread waits for an answer to that id any
 * more, `EINPROGRESS` if it has one already, `EINVAL` for an answer that the
 * kernel would not take; the others of {@linkcode notifReceive}.
 *
 * Source: seccomp_notify_respond(3); `NotifRespond` of libseccomp-golang.
 */
export function notifRespond(fd: ScmpFd, response: ScmpNotifResp): void {
  const bytes = writeResponse(response);
  new Listener(fd).respond(response.id, bytes);
}

/**
 * Whether a thread waits for the answer to a notification. While it does, its
 * `pid` is its own: to be asked *after* its memory was opened, and before what
 * was read there is believed.
 *
 * @param fd The listener that the notification came from.
 * @param id Its id.
 * @returns `false` where the function of libseccomp-golang returns `ENOENT`.
 * @throws {ScmpError} `EINVAL` for what cannot be an id; the others of {@linkcode
 * notifReceive}, but `ENOENT` and `ESRCH`.
 *
 * Source: seccomp_notify_id_valid(3), seccomp_unotify(2) "Caveats regarding the
 * use of /proc/tid/mem"; `NotifIDValid` of libseccomp-golang.
 */
export function notifIDValid(fd: ScmpFd, id: bigint): boolean {
  checkId(id);
  return new Listener(fd).isValid(id);
}

/** Receives one notification, if it is one of a call. */
function receive(listener: Listener): ScmpNotifReq | undefined {
  const bytes = listener.receive();
  if (!bytes) return undefined;
  const request = readRequest(bytes);
  if (request) return request;
  // syscall(-1): no rule of libseccomp can be for it, but a listener may be
  // another's. Without an answer its thread would wait for good; this is the
  // kernel's.
  const id = readId(bytes);
  try {
    listener.respond(id, writeResponse({ id, error: errno.ENOSYS }));
  } catch (cause) {
    if (!(cause instanceof ScmpError) || cause.code !== "ENOENT") throw cause;
  }
}
