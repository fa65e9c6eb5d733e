import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'

/** `router_settings` and `litellm_settings`, either of which may have what both accept. */
export class Sections {
  readonly #sections: readonly ForeignMapping[]
  readonly #ours: Conversion

  /** In the order of their precedence. */
  constructor(sections: readonly (ForeignMapping | undefined)[], ours: Conversion) {
    this.#sections = sections.filter(section => section !== undefined)
    this.#ours = ours
  }

  /** The section whose value of a key counts: the first that has it. The values of the others are noted. */
  of(key: string): ForeignMapping | undefined {
    const [first, ...others] = this.#sections.filter(section => section.get(key) !== undefined)
    for (const other of others)
      this.#ours.note(other.at(key), `${first?.path.join('.')} has it, too, and takes precedence`, 'nothing')
    return first
  }
}
