import type { Owner } from '../../fake-provider/ports.ts'

/** Ends what a run has started, the newest first, as the end of a test would. */
export class Cleanup implements Owner {
  readonly #actions: (() => void | Promise<void>)[] = []

  teardown(clean: () => void | Promise<void>): void {
    this.#actions.push(clean)
  }

  async run(): Promise<void> {
    for (let clean = this.#actions.pop(); clean; clean = this.#actions.pop()) await clean()
  }
}
