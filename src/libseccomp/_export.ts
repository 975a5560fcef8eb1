import { type Symbols, word } from "./_symbols.ts";
import { ScmpError } from "./error.ts";

/** `MFD_CLOEXEC` of memfd_create(2). */
const MFD_CLOEXEC = 1;
const CHUNK = 64 * 1024;

/**
 * Lets libseccomp write to a file that exists only in memory, and returns what
 * it wrote.
 *
 * @param write Calls the library with the file's descriptor; what it throws is
 * thrown.
 */
export function exportToMemory(
  { libc, scratch }: Symbols,
  write: (fd: number) => void,
): Uint8Array<ArrayBuffer> {
  scratch.bytes[0] = 0;
  const fd = libc.memfd_create(scratch.address, MFD_CLOEXEC);
  if (fd < 0) {
    throw new ScmpError(
      "ECANCELED",
      "could not make a file in memory (memfd_create)",
    );
  }
  try {
    write(fd);
    return readAll(libc, fd);
  } finally {
    libc.close(word(fd));
  }
}

function readAll(libc: Symbols["libc"], fd: number): Uint8Array<ArrayBuffer> {
  let content = new Uint8Array(0);
  const chunk = new Uint8Array(CHUNK);
  for (;;) {
    const size = libc.pread(
      word(fd),
      chunk,
      BigInt(CHUNK),
      BigInt(content.length),
    );
    if (size < 0) {
      throw new ScmpError(
        "ECANCELED",
        "could not read the exported filter back",
      );
    }
    if (size === 0n) return content;
    const longer = new Uint8Array(content.length + Number(size));
    longer.set(content);
    longer.set(chunk.subarray(0, Number(size)), content.length);
    content = longer;
  }
}
