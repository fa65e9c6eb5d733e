import { HulumanageError } from '../contract/index.ts'

interface Entry<T> {
  readonly value: T
  readonly origin: string
}

/**
 * Things by unique name, listed in order of name, so that output is the same every time. Between `begin` and `commit`
 * or `rollback`, what is added counts as one piece of work: it stays whole or goes whole.
 */
abstract class Entries<T> {
  readonly #entries = new Map<string, Entry<T>>()
  #work: { readonly origin: string; readonly names: string[] } | undefined
  /** What the registry holds, in the singular, for messages. */
  readonly noun: string

  constructor(noun: string) {
    this.noun = noun
  }

  /** Who brings what is added now: a file, or the package itself. */
  get origin(): string {
    return this.#work?.origin ?? 'built in'
  }

  protected put(name: string, value: T): void {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      throw new HulumanageError(
        'step_invalid',
        `${this.origin}: "${name}" is no ${this.noun} name; use lower case letters, digits and underscores, a letter first`,
      )
    }
    const present = this.#entries.get(name)
    if (present) {
      throw new HulumanageError(
        'step_duplicate',
        `${this.origin}: the ${this.noun} "${name}" exists already, from ${present.origin}; rename one of them`,
      )
    }
    this.#entries.set(name, { value, origin: this.origin })
    this.#work?.names.push(name)
  }

  get(name: string): T | undefined {
    return this.#entries.get(name)?.value
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** Who brought the entry. */
  originOf(name: string): string | undefined {
    return this.#entries.get(name)?.origin
  }

  names(): string[] {
    return [...this.#entries.keys()].toSorted()
  }

  values(): T[] {
    return this.names().map(name => this.#entries.get(name)!.value)
  }

  /** From here on, what is added comes from `origin` (a file) and can be taken back. */
  begin(origin: string): void {
    this.#work = { origin, names: [] }
  }

  /** Keeps what was added since `begin`, and gives its names. */
  commit(): readonly string[] {
    const names = this.#work?.names ?? []
    this.#work = undefined
    return names
  }

  /** Takes back what was added since `begin`. */
  rollback(): void {
    for (const name of this.commit()) this.#entries.delete(name)
  }
}

/** Things whose name is not part of them, such as strategies. */
export class Registry<T> extends Entries<T> {
  add(name: string, value: T): void {
    this.put(name, value)
  }
}

/** Things that carry their name, such as steps and kinds of providers. */
export class NamedRegistry<T extends { readonly name: string }> extends Entries<T> {
  readonly #check: (value: T, origin: string) => void

  /** `check` throws where a value, which may come from plain JavaScript, is not what its type says. */
  constructor(noun: string, check: (value: T, origin: string) => void = () => {}) {
    super(noun)
    this.#check = check
  }

  add(value: T): void {
    this.#check(value, this.origin)
    this.put(value.name, value)
  }
}
