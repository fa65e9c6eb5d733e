import type { Effect, Path } from '../problems.ts'
import { isMapping } from '../tree.ts'
import type { Conversion } from './conversion.ts'

type Mapping = Readonly<Record<string, unknown>>

/** Names of settings that change nothing when they are false. */
const switches = /^(?:disable|enable|store|use)_/

/** Whether a value says nothing: it is missing, null, or an empty list, mapping or text. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === null || value === ''
}

/** A mapping in a foreign file. It remembers which keys were read, so that no setting is dropped silently. */
export class ForeignMapping {
  /** Its path in the file. */
  readonly path: Path
  readonly #values: Mapping
  readonly #conversion: Conversion
  readonly #read = new Set<string>()
  readonly #inner: ForeignMapping[] = []
  readonly #entered = new Map<string, ForeignMapping>()

  constructor(values: Mapping, path: Path, conversion: Conversion) {
    this.#values = values
    this.path = path
    this.#conversion = conversion
  }

  /** The value of a key; undefined if it is missing or null. */
  get(key: string): unknown {
    this.#read.add(key)
    return Object.hasOwn(this.#values, key) ? (this.#values[key] ?? undefined) : undefined
  }

  /** The path of a key in the file. */
  at(key: string): Path {
    return [...this.path, key]
  }

  /** The text of a key; undefined and a problem if it is something else. */
  text(key: string): string | undefined {
    return this.#typed(key, 'text', value => (typeof value === 'string' ? value : undefined))
  }

  /** A number to calculate with; a problem if it is a reference, because its value is not known yet. */
  number(key: string): number | undefined {
    return this.#typed(key, 'a number', value => (typeof value === 'number' ? value : undefined))
  }

  /** The mapping of a key, the same one each time; undefined and a problem if it is something else. */
  mapping(key: string): ForeignMapping | undefined {
    const known = this.#entered.get(key)
    if (known) return known
    const entered = this.#typed(key, 'a mapping', value =>
      isMapping(value) ? this.#enter(value, this.at(key)) : undefined,
    )
    if (entered) this.#entered.set(key, entered)
    return entered
  }

  /** The mappings in a list; empty if there is no such key. */
  mappings(key: string): ForeignMapping[] {
    const items = this.#typed(key, 'a list', value =>
      Array.isArray(value) ? (value as unknown[]) : undefined,
    )
    return (items ?? []).flatMap((item, index) => {
      const path = [...this.at(key), index]
      if (isMapping(item)) return [this.#enter(item, path)]
      this.#conversion.report(path, 'expected a mapping')
      return []
    })
  }

  /** Carries a value over unchanged. */
  move(key: string, to: Path): void {
    this.#conversion.put(to, this.get(key), this.at(key))
  }

  /** Notes why a key is left out, unless it is missing, empty, or has the `harmless` value, which holds here anyway. */
  omit(key: string, reason: string, effect: Effect, harmless?: unknown): void {
    const value = this.get(key)
    if (!isEmpty(value) && value !== harmless) this.#conversion.note(this.at(key), reason, effect)
  }

  /** Marks every key as read: a mapping that is left out as a whole needs no further notes. */
  markRead(): void {
    this.ignore(/^/)
  }

  /** Marks the keys with these names as read: nothing is lost without them. */
  ignore(names: RegExp): void {
    for (const key of Object.keys(this.#values)) if (names.test(key)) this.#read.add(key)
  }

  /** Notes every key that was never read, here and in the mappings inside. */
  noteUnread(): void {
    for (const [key, value] of Object.entries(this.#values)) {
      if (this.#read.has(key) || isEmpty(value)) continue
      if (value === false && switches.test(key))
        this.#conversion.note(this.at(key), 'not supported, and switched off', 'nothing')
      else this.#conversion.note(this.at(key), 'not supported; left out', 'lost')
    }
    for (const mapping of this.#inner) mapping.noteUnread()
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
      this.#conversion.report(this.at(key), `expected ${expected}`)
    }
    return result
  }
}
