import { HulumanageError } from '../contract/index.ts'

interface Entry<T> {
  readonly value: T
  readonly origin: string
}

/** Entries with unique names, listed by name so that output never depends on the order in which they were added. */
export abstract class Entries<T> {
  readonly #entries = new Map<string, Entry<T>>()
  /** The addition in progress, and the names it has added so far. */
  #addition: { readonly origin: string; readonly names: string[] } | undefined
  /** The kind of entries in the singular, for messages. */
  readonly noun: string

  constructor(noun: string) {
    this.noun = noun
  }

  /**
   * Adds entries to several registries, all or none: what `work` adds comes from `origin` (a file), and is removed if
   * `work` rejects, or afterwards with `keep: false`. Returns the names that were kept. One addition at a time.
   */
  static async addTogether(
    registries: readonly Entries<unknown>[],
    origin: string,
    work: () => void | Promise<void>,
    { keep } = { keep: true },
  ): Promise<string[]> {
    for (const registry of registries) registry.#addition = { origin, names: [] }
    let kept = false
    try {
      await work()
      kept = keep
    } catch (error) {
      for (const registry of registries) registry.onLost(registry.#addition?.names ?? [])
      throw error
    } finally {
      if (!kept) for (const registry of registries) registry.#removeAdded()
    }
    const names = registries.flatMap(registry => registry.#addition?.names ?? [])
    for (const registry of registries) registry.#addition = undefined
    return names
  }

  #removeAdded(): void {
    for (const name of this.#addition?.names ?? []) this.#entries.delete(name)
    this.#addition = undefined
  }

  /** Called with the names that an addition which fails has added so far. */
  protected onLost(_names: readonly string[]): void {}

  /** The origin of an entry that is added now. */
  protected get origin(): string {
    return this.#addition?.origin ?? 'built in'
  }

  protected put(name: string, value: T): void {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      throw new HulumanageError(
        'step_invalid',
        `${this.origin}: "${name}" is not a valid ${this.noun} name; use lower-case letters, digits and underscores, starting with a letter`,
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
    this.#addition?.names.push(name)
  }

  get(name: string): T | undefined {
    return this.#entries.get(name)?.value
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The file that registered the entry, or `built in`. */
  originOf(name: string): string | undefined {
    return this.#entries.get(name)?.origin
  }

  names(): string[] {
    return [...this.#entries.keys()].toSorted()
  }

  values(): T[] {
    return this.names().map(name => this.#entries.get(name)!.value)
  }
}

/** Entries that do not carry their name, such as strategies. */
export class Registry<T> extends Entries<T> {
  add(name: string, value: T): void {
    this.put(name, value)
  }
}

/** Entries that carry their name, such as steps and kinds of providers. */
export class NamedRegistry<T extends { readonly name: string }> extends Entries<T> {
  readonly #check: (value: T, origin: string) => void
  readonly #adapt: (value: T) => T
  readonly #broken = new Set<string>()

  /**
   * `check` throws if a value, which may come from plain JavaScript, does not match its type; `adapt` makes what is kept in
   * its place.
   */
  constructor(
    noun: string,
    check: (value: T, origin: string) => void = () => {},
    adapt: (value: T) => T = value => value,
  ) {
    super(noun)
    this.#check = check
    this.#adapt = adapt
  }

  add(value: T): void {
    this.#check(value, this.origin)
    this.put(value.name, this.#adapt(value))
  }

  protected override onLost(names: readonly string[]): void {
    for (const name of names) this.markBroken(name)
  }

  /** Remembers that an entry of this name is missing because its file did not load. */
  markBroken(name: string): void {
    this.#broken.add(name)
  }

  /** Whether an entry of this name is missing because its file did not load, not unknown. */
  isBroken(name: string): boolean {
    return this.#broken.has(name)
  }
}
