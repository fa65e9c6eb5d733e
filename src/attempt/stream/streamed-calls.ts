import { fieldsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { ToolCalls } from '../../chat/tool-calls.ts'
import type { GrowingCall } from '../../chat/tool-calls.ts'
import type { Delta } from '../../contract/index.ts'
import { StreamedArguments } from '../../providers/answers/streamed-arguments.ts'

type Pieces = NonNullable<Delta['tool_calls']>
type Piece = Pieces[number]

/**
 * The calls of one choice as they stream past. Their pieces are corrected where they lack the id, the type or the index of
 * their call, on which SDKs rely, and where arguments are not the text of an object.
 */
export class StreamedCalls {
  readonly #calls = new ToolCalls()
  readonly #arguments = new Map<GrowingCall, StreamedArguments>()
  /** The arguments of calls that have no name yet. SDKs read it from the first piece of a call, which waits for it. */
  readonly #unnamed = new Map<GrowingCall, string>()
  /** The call of chat's first years, `function_call`. */
  #legacy: StreamedArguments | undefined

  get isLegacy(): boolean {
    return this.#legacy !== undefined
  }

  /** The finish reason of a choice that ends with these calls. */
  get reason(): string {
    return this.isLegacy ? 'function_call' : 'tool_calls'
  }

  /** Whether every call has a name. A custom tool has its own in another place. */
  get areNamed(): boolean {
    return this.#calls.all.every(({ name, fields }) => name !== '' || fields.has('custom'))
  }

  /** Whether a call lacks a part of its arguments. The input of a custom tool is a text, which may end anywhere. */
  get isCutOff(): boolean {
    if (this.#legacy?.isWhole === false) return true
    return this.#calls.all.some(call => !call.fields.has('custom') && !this.#argumentsOf(call).isWhole)
  }

  /** Whether each call is known to have all of its arguments: nothing shows where the last one of a custom tool ends. */
  get areWhole(): boolean {
    return !this.isCutOff && this.#calls.all.at(-1)?.fields.has('custom') !== true
  }

  /**
   * Adds a delta, and returns it: itself if nothing had to be corrected. A call that begins without a name after the choice
   * has ended is left out: nobody waits for its name.
   */
  add(delta: Delta, hasEnded: boolean): Delta {
    const { tool_calls: pieces } = delta
    const legacy = fieldsOf(delta['function_call'])
    const added = legacy ? this.#addLegacy(delta, legacy) : delta
    if (!pieces) return added
    const placed = this.#place(pieces, hasEnded)
    if (placed === pieces) return added
    if (placed) return { ...added, tool_calls: placed }
    const { tool_calls: _pieces, ...rest } = delta
    return rest
  }

  /**
   * Adds what is left to pass at a finish reason: `{}` for functions that take nothing, which clients parse, and what was
   * held back. A maximum may have cut it off.
   */
  finish(delta: Delta, reason: string): Delta {
    return reason === 'length' || reason === 'content_filter' ? this.#withRest(delta, 'cut') : this.end(delta)
  }

  /** Adds what is left to pass at the end of the stream. */
  end(delta: Delta): Delta {
    return this.#withRest(delta, 'end')
  }

  #place(pieces: Pieces, hasEnded: boolean): Pieces | undefined {
    const placed = pieces.flatMap((piece, position) => {
      const isLate = hasEnded && !piece.function?.name && !piece['custom']
      const isKnown = !isLate || this.#calls.knows(piece, position)
      const added = isKnown ? this.#placePiece(piece, position) : undefined
      return added ? [added] : []
    })
    if (placed.length < pieces.length) return placed.length > 0 ? placed : undefined
    return placed.every((piece, position) => piece === pieces[position]) ? pieces : placed
  }

  /** Undefined for a piece that waits for the name of its call. */
  #placePiece(piece: Piece, position: number): Piece | undefined {
    const count = this.#calls.all.length
    const call = this.#calls.add(piece, position)
    const isNew = call.place === count
    const sent = piece.function?.arguments
    const passed = sent ? this.#pass(call, sent) : sent
    if (call.name === '' && !call.fields.has('custom')) return this.#hold(call, passed)
    if (this.#unnamed.has(call)) return this.#begun(call, passed)
    const id = piece.id || isNew ? this.#calls.idOf(call) : undefined
    const type = piece.type ?? (isNew ? typeOf(piece) : undefined)
    const isSound = id === piece.id && type === piece.type && call.place === piece.index
    if (isSound && passed === sent) return piece
    const named = { ...(id === undefined ? {} : { id }), ...(type === undefined ? {} : { type }) }
    const placed = { ...piece, index: call.place, ...named }
    return passed === sent ? placed : { ...placed, function: { ...piece.function, arguments: passed! } }
  }

  #hold(call: GrowingCall, passed: string | undefined): undefined {
    this.#unnamed.set(call, (this.#unnamed.get(call) ?? '') + (passed ?? ''))
  }

  /** The first piece of a call that has waited for its name. */
  #begun(call: GrowingCall, passed: string | undefined): Piece {
    const args = (this.#unnamed.get(call) ?? '') + (passed ?? '')
    this.#unnamed.delete(call)
    const begun = { ...Object.fromEntries(call.fields), index: call.place, id: this.#calls.idOf(call) }
    if (call.name === '') return { ...begun, type: 'custom' }
    const type = (call.fields.get('type') as string | undefined) ?? 'function'
    return { ...begun, type, function: { name: call.name, arguments: args } }
  }

  #pass(call: GrowingCall, sent: string): string {
    const streamed = this.#argumentsOf(call)
    const passed = streamed.add(sent)
    // The name of the call may still grow.
    if (streamed.isSilent) this.#calls.clearArguments(call)
    return passed
  }

  #argumentsOf(call: GrowingCall): StreamedArguments {
    const known = this.#arguments.get(call)
    if (known) return known
    const streamed = new StreamedArguments()
    this.#arguments.set(call, streamed)
    return streamed
  }

  #addLegacy(delta: Delta, call: Fields): Delta {
    this.#legacy ??= new StreamedArguments()
    const sent = call['arguments']
    const passed = typeof sent === 'string' ? this.#legacy.add(sent) : sent
    return passed === sent ? delta : { ...delta, function_call: { ...call, arguments: passed } }
  }

  #withRest(delta: Delta, how: 'end' | 'cut'): Delta {
    const pieces = this.#calls.all.flatMap(call => {
      const rest = call.fields.has('custom') ? '' : this.#argumentsOf(call)[how]()
      return rest === '' ? [] : [{ index: call.place, function: { arguments: rest } }]
    })
    const rest = this.#legacy?.[how]() ?? ''
    if (pieces.length === 0 && rest === '') return delta
    const called = fieldsOf(delta['function_call'])
    return {
      ...delta,
      ...(pieces.length > 0 ? { tool_calls: [...(delta.tool_calls ?? []), ...pieces] } : {}),
      ...(rest === '' ? {} : { function_call: { ...called, arguments: textOf(called) + rest } }),
    }
  }
}

function typeOf(piece: Piece): 'custom' | 'function' {
  return piece['custom'] == null ? 'function' : 'custom'
}

function textOf(call: Fields | undefined): string {
  const text = call?.['arguments']
  return typeof text === 'string' ? text : ''
}
