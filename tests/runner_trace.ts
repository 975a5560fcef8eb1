/**
 * A log that grows, and that a test can wait for.
 *
 * @module
 */

/** What was written so far. */
export class Trace {
  #text = "";
  readonly #waiting = new Set<{ text: string; come: () => void }>();

  get text(): string {
    return this.#text;
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  write(text: string): void {
    this.#text += text;
    for (const waiter of this.#waiting) {
      if (!this.#text.includes(waiter.text)) continue;
      this.#waiting.delete(waiter);
      waiter.come();
    }
  }

  /** Resolves when a text has been written. */
  until(text: string): Promise<void> {
    if (this.#text.includes(text)) return Promise.resolve();
    return new Promise((come) => this.#waiting.add({ text, come }));
  }

  /** Writes a stream to its end. */
  async take(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.write(decoder.decode(chunk, { stream: true }));
    }
  }
}
