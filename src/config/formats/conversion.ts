import { Origins } from '../origins.ts'
import type { Path, Problem } from '../problems.ts'

/** A configuration of ours in the making: each value knows the place in the foreign file that it is from. */
export class Conversion {
  readonly tree: Record<string, unknown> = {}
  readonly origins = new Origins()
  readonly problems: Problem[] = []
  /** What could not be carried over, at its place in the foreign file. */
  readonly notes: Problem[] = []
  readonly #foreign: Origins
  readonly #names = new Set<string>()
  #providers = 0

  /** `foreign`: where the values of the file stand in it. */
  constructor(foreign: Origins) {
    this.#foreign = foreign
    this.#mark([], [])
  }

  /** Puts a value in its place, unless it is absent. `from`: where the foreign file says it. */
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

  /** Starts a provider; returns its place. A name that is taken gets a number. */
  provider(name: string, from: Path): Path {
    let unique = name
    for (let count = 2; this.#names.has(unique); count++) unique = `${name}-${count}`
    this.#names.add(unique)
    const at: Path = ['providers', this.#providers++]
    this.put([...at, 'name'], unique, from)
    this.#mark(at, from)
    return at
  }

  note(from: Path, message: string, hint?: string): void {
    const note = this.#foreign.problem(from, message, hint)
    const isNew = this.notes.every(other => other.path !== note.path || other.message !== message)
    if (isNew) this.notes.push(note)
  }

  problem(from: Path, message: string, hint?: string): void {
    this.problems.push(this.#foreign.problem(from, message, hint))
  }

  /** What is made of one value has no places inside of it in the foreign file. */
  #markAll(to: Path, value: unknown, from: Path): void {
    this.#mark(to, from)
    if (typeof value !== 'object' || value === null) return
    const keys: Path = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
    for (const key of keys) {
      const inside = [...from, key]
      const isThere = this.#foreign.at(inside) !== this.#foreign.at(from)
      const inner = (value as Record<string | number, unknown>)[key]
      this.#markAll([...to, key], inner, isThere ? inside : from)
    }
  }

  #mark(to: Path, from: Path): void {
    const placed = this.#foreign.placed(from)
    if (placed) this.origins.set(to, { ...placed.origin, path: placed.path })
  }
}
