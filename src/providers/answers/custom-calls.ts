import type { ChunkChoice, ToolCall } from '../../contract/index.ts'
import { inputOf } from '../../text/one-text.ts'
import type { Changes } from './changed-choices.ts'

type Piece = NonNullable<ChunkChoice['delta']['tool_calls']>[number]

/** Writes calls of these functions as calls of the custom tools that the client offered. */
export function customCalls(names: ReadonlySet<string>): Changes {
  return {
    whole: choice => {
      const calls = choice?.message?.tool_calls
      if (!Array.isArray(calls)) return choice
      const tool_calls = (calls as readonly ToolCall[]).map(call => wholeCall(call, names))
      return { ...choice, message: { ...choice.message, tool_calls } }
    },
    pieces: () => {
      const growing = new Map<number, GrowingCalls>()
      return choice => {
        const calls = growing.get(choice.index) ?? new GrowingCalls(names)
        growing.set(choice.index, calls)
        return calls.change(choice)
      }
    },
  }
}

function wholeCall(call: ToolCall, names: ReadonlySet<string>): ToolCall {
  const { function: called, ...rest } = call
  const name = called?.name ?? ''
  if (!names.has(name)) return call
  return { ...rest, type: 'custom', custom: { name, input: inputOf(called?.arguments ?? '') } }
}

/** The calls of one choice as they stream past. The input of a custom tool is known only once its JSON is complete. */
class GrowingCalls {
  readonly #names: ReadonlySet<string>
  /** The arguments of custom tools so far, by the index of the call. */
  readonly #arguments = new Map<number, string>()
  #last = 0

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  change(choice: ChunkChoice): ChunkChoice {
    const { delta, finish_reason: finish } = choice
    const calls = delta?.tool_calls
    const changed = Array.isArray(calls) ? (calls as readonly Piece[]).flatMap(call => this.#add(call)) : []
    if (finish) changed.push(...this.#end())
    if (!calls && changed.length === 0) return choice
    const { tool_calls: _calls, ...rest } = delta ?? {}
    return { ...choice, delta: changed.length > 0 ? { ...rest, tool_calls: changed } : rest }
  }

  #add(call: Piece): readonly Piece[] {
    const { function: called, ...rest } = call
    const index = call.index ?? this.#last
    this.#last = index
    const [name, args] = [called?.name ?? '', called?.arguments ?? '']
    const before = this.#arguments.get(index)
    if (before === undefined && !this.#names.has(name)) return [call]
    this.#arguments.set(index, (before ?? '') + args)
    return before === undefined ? [{ ...rest, index, type: 'custom', custom: { name, input: '' } }] : []
  }

  #end(): readonly Piece[] {
    const ended = [...this.#arguments].map(([index, args]) => ({ index, custom: { input: inputOf(args) } }))
    this.#arguments.clear()
    return ended
  }
}
