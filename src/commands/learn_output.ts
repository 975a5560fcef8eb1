import { writeFragment } from "../learn/fragment.ts";
import { mergeRecords } from "../learn/merge.ts";
import { inOrder } from "../learn/order.ts";
import { writePlugin } from "../learn/plugin.ts";
import type { LearnedStage, LearnRecord } from "../learn/record.ts";
import { formatRecord, parseRecord } from "../learn/record_schema.ts";
import { replaceFile } from "../learn/replace_file.ts";

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
  readonly #write: (record: LearnRecord) => Written;
  readonly #before: LearnRecord | undefined;

  private constructor(
    policy: string,
    { record, write, before }: {
      readonly record: string;
      readonly write: (record: LearnRecord) => Written;
      readonly before: LearnRecord | undefined;
    },
  ) {
    this.#policy = policy;
    this.#record = record;
    this.#write = write;
    this.#before = before;
  }

  /**
   * Looks at the files before a job is run for them.
   *
   * @param output The file to write; the record has the same name, but for
   * `.json` at its end.
   * @param merge Whether to add to the record that is there, if one is.
   * @throws {Error} If the name's end is not known, a file is there that would be
   * lost, or the record cannot be read.
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
    const record = `${output.slice(0, -suffix.length)}.json`;
    if (!merge) {
      for (const file of new Set([output, record])) requireAbsent(file);
    }
    const before = merge ? readRecord(record) : undefined;
    return new Learned(output, { record, write, before });
  }

  /**
   * Writes the record and the policy. What an earlier call wrote is replaced.
   *
   * @param stage The stage of the job.
   * @param seen What the job has called.
   * @throws {Error} If they cannot be written.
   */
  write(stage: string, seen: LearnedStage): void {
    const now = inOrder({
      version: 1,
      architecture: Deno.build.arch,
      stages: { [stage]: seen },
    });
    const record = this.#before ? mergeRecords(this.#before, now) : now;
    const { text, notes } = this.#write(record);
    replaceFile(this.#record, formatRecord(record));
    if (text !== undefined) replaceFile(this.#policy, text);
    for (const note of notes) console.error(`learn: ${note}`);
  }
}

function requireAbsent(file: string): void {
  try {
    Deno.lstatSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new Error(
    `${file} exists: --merge adds to what was recorded, or name another file`,
  );
}

function readRecord(file: string): LearnRecord | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return parseRecord(text, file);
}
