import type { Path } from '../problems.ts'
import type { Conversion } from './conversion.ts'

export type Mapping = Readonly<Record<string, unknown>>

/** A mapping in a foreign file, which remembers what was asked of it, so that nothing in it is passed over in silence. */
export class ForeignMapping {
  /** Where it stands in the file. */
  readonly path: Path
  readonly #values: Mapping
  readonly #conversion: Conversion
  readonly #asked = new Set<string>()
  readonly #inner: ForeignMapping[] = []

  constructor(values: Mapping, path: Path, conversion: Conversion) {
    this.#values = values
    this.path = path
    this.#conversion = conversion
  }

  /** The value of a key; undefined where it is missing or null. */
  get(key: string): unknown {
    this.#asked.add(key)
    return Object.hasOwn(this.#values, key) ? (this.#values[key] ?? undefined) : undefined
  }

  at(key: string): Path {
    return [...this.path, key]
  }

  text(key: string): string | undefined {
    return this.#typed(key, 'text', value => (typeof value === 'string' ? value : undefined))
  }

  /** A number to reckon with; a problem where it is a reference, for what that gives is not known yet. */
  number(key: string): number | undefined {
    return this.#typed(key, 'a number', value => (typeof value === 'number' ? value : undefined))
  }

  mapping(key: string): ForeignMapping | undefined {
    return this.#typed(key, 'a mapping', value =>
      isMapping(value) ? this.#enter(value, this.at(key)) : undefined,
    )
  }

  /** The mappings in a list; none where there is no such key. */
  mappings(key: string): ForeignMapping[] {
    const items = this.#typed(key, 'a list', value =>
      Array.isArray(value) ? (value as unknown[]) : undefined,
    )
    return (items ?? []).flatMap((item, index) => {
      const path = [...this.at(key), index]
      if (isMapping(item)) return [this.#enter(item, path)]
      this.#conversion.problem(path, 'expected a mapping')
      return []
    })
  }

  /** Carries a value over as it is. */
  move(key: string, to: Path): void {
    this.#conversion.put(to, this.get(key), this.at(key))
  }

  /** Notes why a key is left out; nothing where it is missing, or says what holds here in any case. */
  leave(key: string, reason: string, harmless?: unknown): void {
    const value = this.get(key)
    if (value !== undefined && value !== harmless) this.#conversion.note(this.at(key), reason)
  }

  /** Asks for all there is: what is left out as a whole needs no further notes. */
  passOver(): void {
    for (const key of Object.keys(this.#values)) this.#asked.add(key)
  }

  /** Notes every key that was never asked for, here and inside. */
  noteUnasked(): void {
    for (const key of Object.keys(this.#values)) {
      if (this.#asked.has(key) || this.#values[key] === null) continue
      this.#conversion.note(this.at(key), 'nothing here does this; left out')
    }
    for (const mapping of this.#inner) mapping.noteUnasked()
  }

  #enter(values: Mapping, path: Path): ForeignMapping {
    const mapping = new ForeignMapping(values, path, this.#conversion)
    this.#inner.push(mapping)
    return mapping
  }

  #typed<T>(key: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = this.get(key)
    const result = value === undefined ? undefined : read(value)
    if (value !== undefined && result === undefined) {
      this.#conversion.problem(this.at(key), `expected ${expected}`)
    }
    return result
  }
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
