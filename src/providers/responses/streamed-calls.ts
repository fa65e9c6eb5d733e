import type { Delta } from '../../contract/index.ts'
import type { OutputItem } from './answer.ts'
import { ToldCalls } from './told-calls.ts'
import { WrittenTexts } from './written-texts.ts'

/** The tool calls of one stream, as the deltas of a chat. `place`: what tells the items of the answer apart. */
export class StreamedCalls {
  readonly #told = new ToldCalls()
  readonly #written = new WrittenTexts()
  /** Deltas of calls that have not started, by place: some services send an event before the one that it follows. */
  readonly #early = new Map<string, (() => readonly Delta[])[]>()

  get count(): number {
    return this.#told.count
  }

  /** The place of a call that was told, as far as its `call_id` tells. */
  placeOf(item: OutputItem): string | undefined {
    return this.#told.placeOf(item)
  }

  /** Starts a call, unless it was started before. */
  start(place: string, item: OutputItem): readonly Delta[] {
    if (this.#told.at(place) !== undefined) return []
    const { call_id: id, name = '' } = item
    const index = this.#told.add(place, item)
    const isCustom = this.#told.isCustom(index)
    const called = isCustom
      ? { index, type: 'custom', custom: { name, input: '' } }
      : { index, type: 'function', function: { name, arguments: '' } }
    const started: Delta = { tool_calls: [id === undefined ? called : { ...called, id }] }
    const early = this.#early.get(place) ?? []
    this.#early.delete(place)
    return [started, ...early.flatMap(tell => tell())]
  }

  /** Adds a piece to the arguments of a call. xAI sends the events of custom tools for functions as well. */
  extend(place: string, isCustom: boolean, piece: unknown): readonly Delta[] {
    const index = this.#told.at(place)
    if (index === undefined) return this.#later(place, () => this.extend(place, isCustom, piece))
    if (isCustom !== this.#told.isCustom(index)) return []
    return this.#growing(index, this.#written.piece('call', String(index), piece))
  }

  /** Adds what is missing of the arguments, now that they are known as a whole. `isCustom`: the sort of call, if it is known. */
  end(place: string, whole: unknown, isCustom?: boolean): readonly Delta[] {
    const index = this.#told.at(place)
    if (index === undefined) return this.#later(place, () => this.end(place, whole, isCustom))
    if (isCustom !== undefined && isCustom !== this.#told.isCustom(index)) return []
    return this.#growing(index, this.#written.rest('call', String(index), whole))
  }

  /** Adds the arguments of calls that only their start has. */
  openings(): readonly Delta[] {
    const all = Array.from({ length: this.count }, (_, index) => index)
    const left = all.filter(index => !this.#written.hasAt('call', String(index)))
    return left.flatMap(index =>
      this.#growing(index, this.#written.rest('call', String(index), this.#told.opening(index))),
    )
  }

  /** The calls at the end of the stream that were told before under other ids. `placeOf`: the place of a call that has one. */
  repeatedIn(
    calls: readonly OutputItem[],
    placeOf: (call: OutputItem) => string | undefined,
  ): ReadonlySet<OutputItem> {
    const others = calls.filter(call => placeOf(call) === undefined)
    const positions = new Set(calls.flatMap(call => placeOf(call) ?? []).map(place => this.#told.at(place)))
    return this.#told.repeatedIn(others, positions, index => this.#written.textAt('call', String(index)))
  }

  #later(place: string, tell: () => readonly Delta[]): readonly Delta[] {
    const waiting = this.#early.get(place)
    if (waiting) waiting.push(tell)
    else this.#early.set(place, [tell])
    return []
  }

  #growing(index: number, text: string): readonly Delta[] {
    if (!text) return []
    const piece = this.#told.isCustom(index) ? { custom: { input: text } } : { function: { arguments: text } }
    return [{ tool_calls: [{ index, ...piece }] }]
  }
}
