import { processCalls } from "./_process_symbols.ts";
import { cString, int, libc, SystemCallError } from "./mod.ts";

const ENOENT = 2;
const ESRCH = 3;
const O_RDONLY_CLOEXEC = 0x8_0000;

/**
 * Reads a file of the kernel's, as those in /proc and /sys. Deno's own functions
 * would need `--allow-all` for that.
 *
 * @param path Its absolute path.
 * @returns Its text; `undefined` if there is no such file, or the process that
 * it is about is gone. Needs the ffi permission.
 * @throws {SystemCallError} If it cannot be read.
 *
 * Source: proc(5), sysfs(5).
 */
export function readKernelFile(path: string): string | undefined {
  const { calls, errno } = libc();
  const { read } = processCalls();
  const failure = () => {
    if (errno[0] === ENOENT || errno[0] === ESRCH) return undefined;
    throw new SystemCallError(`read ${path}`, errno[0]);
  };
  const descriptor = calls.open(cString(path).pointer, O_RDONLY_CLOEXEC, 0);
  if (descriptor < 0) return failure();
  try {
    const chunk = new Uint8Array(4096);
    const decoder = new TextDecoder();
    let text = "";
    while (true) {
      const count = Number(read(int(descriptor), chunk, BigInt(chunk.length)));
      if (count < 0) return failure();
      if (count === 0) return text;
      text += decoder.decode(chunk.subarray(0, count), { stream: true });
    }
  } finally {
    calls.close(int(descriptor));
  }
}
