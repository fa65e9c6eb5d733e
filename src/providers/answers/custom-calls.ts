import { StreamedArguments } from './streamed-arguments.ts'
import { readCallPieces, readToolCalls } from '../../chat/read/tool-calls.ts'
import { ToolCalls } from '../../chat/tool-calls.ts'
import type { CallPiece, GrowingCall } from '../../chat/tool-calls.ts'
import type { ChunkChoice, ToolCall } from '../../contract/index.ts'
import { inputOf } from '../../text/one-text.ts'
import type { Changes } from './changed-choices.ts'

type Piece = NonNullable<ChunkChoice['delta']['tool_calls']>[number]

/** Writes calls of these functions as calls of the custom tools that the client offered. */
export function customCalls(names: ReadonlySet<string>): Changes {
  return {
    whole: choice => {
      const calls = readToolCalls(choice.message?.tool_calls) as readonly ToolCall[] | undefined
      if (!calls) return choice
      const tool_calls = calls.map(call => wholeCall(call, names))
      return { ...choice, message: { ...choice.message, tool_calls } }
    },
    pieces: () => {
      const all = new Map<number, GrowingCalls>()
      return {
        change: choice => {
          const calls = all.get(choice.index) ?? new GrowingCalls(names)
          all.set(choice.index, calls)
          return calls.change(choice)
        },
        rest: () => [...all].flatMap(([index, calls]) => calls.rest(index)),
      }
    },
  }
}

function wholeCall(call: ToolCall, names: ReadonlySet<string>): ToolCall {
  const { function: called, ...rest } = call
  if (!called?.name || !names.has(called.name)) return call
  return { ...rest, type: 'custom', custom: { name: called.name, input: inputOf(called.arguments ?? '') } }
}

/** The calls of one choice as they stream past. The input of a custom tool is known only once its JSON is complete. */
class GrowingCalls {
  readonly #names: ReadonlySet<string>
  readonly #calls = new ToolCalls()
  /** The arguments of the calls of custom tools. */
  readonly #custom = new Map<GrowingCall, HeldArguments>()

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  change(choice: ChunkChoice): ChunkChoice {
    const { delta, finish_reason: finish } = choice
    const pieces = readCallPieces(delta?.tool_calls) as readonly CallPiece[] | undefined
    const changed = (pieces ?? []).flatMap((piece, position) => this.#add(piece, position))
    // A service that ends each chunk with "stop" may send arguments later.
    if (finish && (finish !== 'stop' || !pieces)) changed.push(...this.#end())
    if (!pieces && changed.length === 0) return choice
    const { tool_calls: _calls, ...rest } = delta ?? {}
    return { ...choice, delta: changed.length > 0 ? { ...rest, tool_calls: changed } : rest }
  }

  /** The rest of the calls of a choice whose end has no reason, at its index. */
  rest(index: number): readonly ChunkChoice[] {
    const tool_calls = this.#end()
    return tool_calls.length > 0 ? [{ index, delta: { tool_calls }, finish_reason: null }] : []
  }

  #add(piece: CallPiece, position: number): readonly Piece[] {
    const call = this.#calls.add(piece, position)
    const { function: called, ...rest } = piece
    const index = call.place
    if (!this.#names.has(call.name)) return [{ ...piece, index }]
    const known = this.#custom.get(call)
    const held = known ?? new HeldArguments()
    held.add(called?.arguments ?? '')
    if (known) return []
    this.#custom.set(call, held)
    return [{ ...rest, index, type: 'custom', custom: { name: call.name, input: '' } }]
  }

  #end(): readonly Piece[] {
    return [...this.#custom].flatMap(([{ place: index }, held]) => {
      const args = held.end()
      return args === undefined ? [] : [{ index, custom: { input: inputOf(args) } }]
    })
  }
}

/** The arguments of one call, which nobody sees until they have ended. */
class HeldArguments {
  readonly #streamed = new StreamedArguments()
  #text = ''
  #hasEnded = false

  add(piece: string): void {
    this.#text += this.#streamed.add(piece)
  }

  /** All of them; undefined if they have ended before. */
  end(): string | undefined {
    if (this.#hasEnded) return undefined
    this.#hasEnded = true
    return this.#text + this.#streamed.end()
  }
}
