import type { OutputItem } from './answer.ts'
import { parseJson } from '../../text/json/parse.ts'

interface ToldCall {
  readonly name: string
  readonly isCustom: boolean
  /** Arguments that came with the start of the call: often a placeholder, to which the rest of the stream is preferred. */
  readonly opening: string
}

/** The calls of which a stream has told, by their place in the answer and by their `call_id`. */
export class ToldCalls {
  readonly #all: ToldCall[] = []
  /** Positions among the calls. */
  readonly #places = new Map<string, number>()

  get count(): number {
    return this.#all.length
  }

  /** The position among the calls of the one at a place; undefined if no call was told there. */
  at(place: string): number | undefined {
    return this.#places.get(place)
  }

  /** The place of a call, as far as its `call_id` tells. */
  placeOf({ call_id: id }: OutputItem): string | undefined {
    const place = `id ${id ?? ''}`
    return this.#places.has(place) ? place : undefined
  }

  /** Adds a call, and returns its position among the calls. */
  add(place: string, { type, call_id: id, name = '', arguments: args, input }: OutputItem): number {
    const index =
      this.#all.push({ name, isCustom: type === 'custom_tool_call', opening: args ?? input ?? '' }) - 1
    this.#places.set(place, index)
    if (id !== undefined) this.#places.set(`id ${id}`, index)
    return index
  }

  isCustom(index: number): boolean {
    return this.#all[index]?.isCustom === true
  }

  opening(index: number): string {
    return this.#all[index]?.opening ?? ''
  }

  /**
   * The calls at the end of the stream that are among these under other ids: some services make up an id each time. Calls with
   * the same name and arguments are one, then those with the same name. `known`: positions of calls that the end has under
   * their own ids. `argumentsAt`: the arguments that were told.
   */
  repeatedIn(
    items: readonly OutputItem[],
    known: ReadonlySet<number | undefined>,
    argumentsAt: (index: number) => string,
  ): ReadonlySet<OutputItem> {
    const told = this.#all.flatMap(({ name, opening }, index) =>
      known.has(index) ? [] : [{ name, arguments: argumentsAt(index) || opening }],
    )
    if (items.length <= told.length) return new Set(items)
    const same = countsOf(told.map(keyOf))
    const named = countsOf(told.map(({ name }) => name))
    const isSame = (item: OutputItem) => take(same, keyOf(item)) && take(named, item.name ?? '')
    const repeated = new Set(items.filter(isSame))
    for (const item of items) if (!repeated.has(item) && take(named, item.name ?? '')) repeated.add(item)
    return repeated
  }
}

function keyOf({ name = '', arguments: args, input }: OutputItem): string {
  return JSON.stringify([name, compact(args ?? input ?? '')])
}

/** Arguments without the white space between their tokens. */
function compact(args: string): string {
  try {
    return JSON.stringify(parseJson(args))
  } catch {
    return args
  }
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Takes one of a kind; false if none is left. */
function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0
  counts.set(key, count - 1)
  return count > 0
}
