import type { ToolCall } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import { beginsObject, ObjectText } from './object-text.ts'
import { newCallId } from './read/call-id.ts'
import { fieldsOf } from './read/fields.ts'
import { argumentsOf } from './read/tool-calls.ts'

/** A piece of a tool call, as a stream has it. */
export type CallPiece = ToolCall & { readonly index?: number | undefined }

/** A tool call of which pieces have arrived. */
export interface GrowingCall {
  /** Position among the calls of its choice. */
  readonly place: number
  /** The id that the provider sent; empty until it has sent one. */
  sentId: string
  /** The id for the client; empty until `idOf` has decided on it. */
  id: string
  name: string
  arguments: string
  /** Tells whether the arguments are whole. */
  object: ObjectText
  /** All other fields that pieces had, such as the signature of a thought. */
  readonly fields: Map<string, unknown>
}

/**
 * The tool calls of one choice, from pieces in any order. A new id begins a call; a piece without one belongs to the call
 * of its index, and without an index to the last call.
 */
export class ToolCalls {
  /** In the order in which they began. */
  readonly all: GrowingCall[] = []
  readonly #byIndex = new Map<number, GrowingCall>()
  readonly #byId = new Map<string, GrowingCall>()
  /** Ids that clients get. */
  readonly #ids = new Set<string>()
  /** A call that began under the index of another: its rest may come under its own. */
  #misplaced: GrowingCall | undefined

  /** Adds a piece to its call, which it returns. `position` is that of the piece in its list. */
  add(piece: CallPiece, position = 0): GrowingCall {
    const call = this.#find(piece, position) ?? this.#begin()
    this.#register(call, piece)
    const { index: _index, id: _id, function: called, ...rest } = piece
    for (const [field, value] of Object.entries(rest))
      if (value != null)
        call.fields.set(field, field === 'custom' ? joinCustom(call.fields.get(field), value) : value)
    if (call.arguments === '' || call.name === '') call.name = joinName(call.name, called?.name ?? '')
    const args = called?.arguments ?? ''
    if (call.object.isReplacedBy(args)) this.clearArguments(call)
    else if (call.object.isRepeatedBy(args)) return call
    call.arguments += args
    call.object.add(args)
    return call
  }

  /** Forgets arguments that said nothing. */
  clearArguments(call: GrowingCall): void {
    call.arguments = ''
    call.object = new ObjectText()
  }

  /** Whether a piece belongs to a call that has begun. */
  knows(piece: CallPiece, position = 0): boolean {
    return this.#find(piece, position) !== undefined
  }

  /** The call whose id clients get; those that the provider left out, or used twice, are replaced by ours. */
  idOf(call: GrowingCall): string {
    if (call.id === '') {
      const isTaken = call.sentId === '' || this.#ids.has(call.sentId)
      call.id = isTaken ? newCallId() : call.sentId
      this.#ids.add(call.id)
    }
    return call.id
  }

  /** The calls as a whole message has them. Throws if a call has arguments but no name. */
  whole(): readonly ToolCall[] {
    return this.all.filter(call => call.fields.has('custom') || isCall(call)).map(call => this.#whole(call))
  }

  #whole(call: GrowingCall): ToolCall {
    const type = (call.fields.get('type') as string | undefined) ?? 'function'
    const whole = { id: this.idOf(call), ...Object.fromEntries(call.fields), type }
    if (call.name === '') return whole
    return { ...whole, function: { name: call.name, arguments: argumentsOf(call.arguments) } }
  }

  #find(piece: CallPiece, position: number): GrowingCall | undefined {
    const call = this.#called(piece, position)
    return call && beginsAnother(piece, call) ? undefined : call
  }

  #called(piece: CallPiece, position: number): GrowingCall | undefined {
    const { index, id } = piece
    const name = nameIn(piece)
    const known = id ? this.#byId.get(id) : undefined
    const last = this.all.at(-1)
    if (!known && last && isBlank(last) && ![...this.#byIndex.values()].includes(last)) return last
    if (index === undefined || index === null) {
      if (id) return known ?? (name === '' ? withoutId(last) : undefined)
      return last && !isNext(last, name, position) ? last : undefined
    }
    const here = this.#byIndex.get(index)
    // Some services repeat the id in each piece and count the pieces.
    if (!here) return name === '' ? (known ?? (id ? undefined : this.#misplaced)) : undefined
    if (!id || id === here.sentId || isBlank(here)) return here
    // Others make up an id for each piece.
    return known ?? (name === '' ? here : undefined)
  }

  #begin(): GrowingCall {
    const place = this.all.length
    const fields = new Map<string, unknown>()
    const call = { place, sentId: '', id: '', name: '', arguments: '', object: new ObjectText(), fields }
    this.all.push(call)
    return call
  }

  #register(call: GrowingCall, { index, id }: CallPiece): void {
    if (typeof index === 'number') {
      const before = this.#byIndex.get(index)
      this.#misplaced = before && before !== call ? call : undefined
      this.#byIndex.set(index, call)
    }
    if (!id) return
    if (call.sentId === '') call.sentId = id
    this.#byId.set(id, call)
  }
}

/** Whether enough of a call has arrived to make it. Throws if it has arguments but no name. */
export function isCall({ name, arguments: args }: GrowingCall): boolean {
  if (name !== '') return true
  if (args.trim() === '') return false
  throw new HulumanageError('upstream_bad_response', 'The model made a tool call without a name')
}

/** A name may come in pieces. Some services repeat the whole name instead. */
function joinName(before: string, piece: string): string {
  return piece === before ? before : before + piece
}

/** The input of a custom tool comes in pieces, as arguments do. */
function joinCustom(before: unknown, piece: unknown): unknown {
  const [known, more] = [fieldsOf(before) ?? {}, fieldsOf(piece) ?? {}]
  const [name, input] = ['name', 'input'].map(field => [known[field], more[field]].map(textOf))
  return { ...known, ...more, name: joinName(name![0]!, name![1]!), input: input!.join('') }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whether nothing is known of a call but fields of a service's own: Gemini's may come before the call. */
function isBlank({ sentId, name, arguments: args, fields }: GrowingCall): boolean {
  return sentId === '' && name === '' && args === '' && !fields.has('custom')
}

/**
 * Whether a piece with a name has arguments of its own, although those of the call are a whole object. Services that number
 * all calls alike, and give them no ids, begin another call so. A call that is sent again is the same one.
 */
function beginsAnother({ function: called }: CallPiece, { name: before, object }: GrowingCall): boolean {
  const { name, arguments: args } = called ?? {}
  if (!name || !args || !beginsObject(args) || !object.isWhole) return false
  if (before !== '' && name !== before) return true
  return !object.isReplacedBy(args) && !object.isRepeatedBy(args)
}

/** The name in a piece of a call, of whichever type. */
function nameIn({ function: called, custom }: CallPiece): string {
  return called?.name || textOf(fieldsOf(custom)?.['name'])
}

function withoutId(call: GrowingCall | undefined): GrowingCall | undefined {
  return call?.sentId === '' ? call : undefined
}

/** Whether a name without index and id is that of the next call: in a list of its own place, or after arguments. */
function isNext(last: GrowingCall, name: string, position: number): boolean {
  const { name: before, input } = fieldsOf(last.fields.get('custom')) ?? {
    name: last.name,
    input: last.arguments,
  }
  return name !== '' && (position > 0 || (input !== '' && name !== before))
}
