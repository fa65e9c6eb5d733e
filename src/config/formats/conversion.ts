import { Origins } from '../origins.ts'
import { partsOf } from '../tree.ts'
import type { Effect, Note, Path, Problem } from '../problems.ts'

/** Builds a configuration in our format; the origin of each value is its place in the foreign file. */
export class Conversion {
  readonly tree: Record<string, unknown> = {}
  readonly origins = new Origins()
  readonly problems: Problem[] = []
  /** Settings that are not carried over as they are, at their place in the foreign file. */
  readonly notes: Note[] = []
  readonly #foreign: Origins
  readonly #names = new Set<string>()
  #providers = 0

  /** `foreign`: the origins of the values in the foreign file. */
  constructor(foreign: Origins) {
    this.#foreign = foreign
    this.#mark([], [])
  }

  /** Sets a value, unless it is absent. `from`: its path in the foreign file. */
  put(to: Path, value: unknown, from: Path): void {
    if (value === undefined || value === null) return
    const last = to.at(-1)
    if (last === undefined) return
    let holder = this.tree as Record<string | number, unknown>
    for (const [index, part] of to.slice(0, -1).entries()) {
      holder[part] ??= typeof to[index + 1] === 'number' ? [] : {}
      holder = holder[part] as Record<string | number, unknown>
    }
    holder[last] = value
    this.#markAll(to, value, from)
  }

  /** Adds a provider and returns its path. A name that is taken gets a number. */
  addProvider(name: string, from: Path): Path {
    let unique = name
    for (let count = 2; this.#names.has(unique); count++) unique = `${name}-${count}`
    this.#names.add(unique)
    const at: Path = ['providers', this.#providers++]
    this.put([...at, 'name'], unique, from)
    this.#mark(at, from)
    return at
  }

  /** Notes a setting that is not carried over as it is, once for each place. */
  note(from: Path, message: string, effect: Effect): void {
    const note = { ...this.#foreign.problem(from, message), effect }
    const isNew = this.notes.every(other => other.path !== note.path || other.message !== message)
    if (isNew) this.notes.push(note)
  }

  /** Reports an invalid value of the foreign file. */
  report(from: Path, message: string, hint?: string): void {
    this.problems.push(this.#foreign.problem(from, message, hint))
  }

  /** A value that is built from a scalar has no paths inside it in the foreign file. */
  #markAll(to: Path, value: unknown, from: Path): void {
    this.#mark(to, from)
    for (const [key, part] of partsOf(value)) {
      const inside = [...from, key]
      const isThere = this.#foreign.at(inside) !== this.#foreign.at(from)
      this.#markAll([...to, key], part, isThere ? inside : from)
    }
  }

  #mark(to: Path, from: Path): void {
    const located = this.#foreign.locate(from)
    if (located) this.origins.set(to, { ...located.origin, path: located.path })
  }
}
