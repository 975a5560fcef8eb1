import { writeFragment } from "../learn/fragment.ts";
import { FolderLock, requireWritable } from "../learn/folder_lock.ts";
import { mergeRecords } from "../learn/merge.ts";
import { inOrder } from "../learn/order.ts";
import { writePlugin } from "../learn/plugin.ts";
import type { LearnedStage, LearnRecord } from "../learn/record.ts";
import { formatRecord, parseRecord } from "../learn/record_schema.ts";
import { replaceFile } from "../learn/replace_file.ts";
import { openTrusted } from "../libc/trusted_file.ts";

/** What may be written, by the end of the file's name. */
const KINDS = new Map<string, (record: LearnRecord) => Written>([
  [".toml", writeFragment],
  [".ts", writePlugin],
  [".mts", writePlugin],
  [".json", () => ({ text: undefined, notes: [] })],
]);

/** A policy, and what it leaves out. */
interface Written {
  /** `undefined` where the record is all that is wanted. */
  readonly text: string | undefined;
  readonly notes: readonly string[];
}

/** The files of what was learned: the record, and the policy made of it. */
export class Learned {
  readonly #policy: string;
  readonly #record: string;
  readonly #merge: boolean;
  readonly #write: (record: LearnRecord) => Written;
  /** What an earlier call began with, and what it wrote. */
  #own: { before: LearnRecord | undefined; text: string } | undefined;

  private constructor(
    policy: string,
    { record, merge, write }: {
      readonly record: string;
      readonly merge: boolean;
      readonly write: (record: LearnRecord) => Written;
    },
  ) {
    this.#policy = policy;
    this.#record = record;
    this.#merge = merge;
    this.#write = write;
  }

  /**
   * Looks at the files before a job is run for them.
   *
   * @param output The file to write; the record has the same name, but for
   * `.json` at its end.
   * @param merge Whether to add to the record that is there, if one is.
   * @throws {Error} If the name's end is not known, a file is there that would be
   * lost, nothing can be written there, or the record cannot be read.
   */
  static open(output: string, merge: boolean): Learned {
    const suffix = /\.[^./]+$/.exec(output)?.[0] ?? "";
    const write = KINDS.get(suffix);
    if (!write) {
      throw new Error(
        `${output}: what is written has to end in ${
          [...KINDS.keys()].join(", ")
        }`,
      );
    }
    const policy = absolute(output);
    const record = `${policy.slice(0, -suffix.length)}.json`;
    const learned = new Learned(policy, { record, merge, write });
    requireWritable(folderOf(policy));
    learned.#before();
    return learned;
  }

  /**
   * Writes the record and the policy. What an earlier call wrote is replaced;
   * what another process has added meanwhile is kept.
   *
   * @param stage The stage of the job.
   * @param seen What the job has called.
   * @throws {Error} If they cannot be written.
   */
  write(stage: string, seen: LearnedStage): void {
    using _lock = new FolderLock(folderOf(this.#record));
    const before = this.#before();
    const now = inOrder({
      version: 1,
      architecture: Deno.build.arch,
      stages: { [stage]: seen },
    });
    const record = before ? mergeRecords(before, now) : now;
    const { text, notes } = this.#write(record);
    const json = formatRecord(record);
    replaceFile(this.#record, json);
    if (text !== undefined) replaceFile(this.#policy, text);
    for (const note of notes) console.error(`learn: ${note}`);
    this.#own = { before, text: json };
  }

  /** @returns The text of the record that is to be added to, if there is one. */
  #look(): string | undefined {
    if (this.#merge && exists(this.#record)) {
      return new TextDecoder().decode(openTrusted(this.#record).read());
    }
    // What somebody else wrote is not ours to replace.
    for (const file of [this.#policy, this.#record]) {
      if (exists(file)) throw new Error(`${file} exists: ${ADVICE}`);
    }
  }

  /** What is to be added to, without what an earlier call has added. */
  #before(): LearnRecord | undefined {
    if (this.#own && !this.#merge) return undefined;
    const text = this.#look();
    if (text === undefined) return undefined;
    if (this.#own?.text === text) return this.#own.before;
    return parseRecord(text, this.#record);
  }
}

const ADVICE =
  "name another file, or one with a record beside it to add to, with --merge";

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function exists(file: string): boolean {
  try {
    Deno.lstatSync(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
