import type { ChunkChoice, Delta } from '../../contract/index.ts'
import { textOf } from './answer-so-far.ts'
import type { ChoiceSoFar } from './answer-so-far.ts'
import { Follower } from './follower.ts'
import { logprobsAfter } from './logprobs.ts'

type StreamedCalls = NonNullable<Delta['tool_calls']>
type StreamedCall = StreamedCalls[number]

interface FollowedCall {
  readonly called: string
  readonly name: Follower
  readonly args: Follower
}

/** Compares a choice that is written a second time with the part that was shown, and lets through only what is new. */
export class RepeatedChoice {
  readonly #shown: ChoiceSoFar
  readonly #content: Follower
  readonly #refusal: Follower
  readonly #calls: readonly FollowedCall[]

  constructor(shown: ChoiceSoFar) {
    this.#shown = shown
    this.#content = new Follower(shown.content)
    this.#refusal = new Follower(shown.refusal)
    this.#calls = shown.calls.all.map(call => ({
      called: call.name,
      name: new Follower(call.name),
      args: new Follower(call.arguments),
    }))
  }

  /** Whether everything that was shown has come again. */
  get caughtUp(): boolean {
    const parts = [this.#content, this.#refusal, ...this.#calls.flatMap(({ name, args }) => [name, args])]
    return parts.every(part => part.caughtUp)
  }

  /** The new part of a piece, undefined if it has none; `departed` if it differs from what was shown. */
  add(choice: ChunkChoice): ChunkChoice | undefined | 'departed' {
    // It has ended already, and only other choices are written again.
    if (this.#shown.finish !== null) return undefined
    const wasCaughtUp = this.caughtUp
    const { delta, finish_reason: finish, logprobs } = choice
    const content = this.#content.add(textOf(delta.content))
    const refusal = this.#refusal.add(textOf(delta['refusal']))
    const calls = this.#addCalls(delta.tool_calls ?? [])
    if (content === undefined || refusal === undefined || !calls) return 'departed'
    const saysMore = content !== '' || refusal !== '' || calls.length > 0 || finish != null
    if (saysMore && !this.caughtUp) return 'departed'
    const { role: _role, content: sent, refusal: _refusal, tool_calls: _calls, ...light } = delta
    const rest = {
      // Thoughts that led to what was shown were shown, too, or belong to it.
      ...(wasCaughtUp ? light : {}),
      ...(content === '' ? {} : { content }),
      ...(refusal === '' ? {} : { refusal }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    }
    if (Object.keys(rest).length === 0 && finish == null) return undefined
    const cut = textOf(sent).length - content.length
    return { ...choice, delta: rest, ...(logprobs == null ? {} : { logprobs: logprobsAfter(logprobs, cut) }) }
  }

  #addCalls(pieces: StreamedCalls): StreamedCalls | undefined {
    const rest: StreamedCall[] = []
    for (const piece of pieces) {
      const followed = this.#calls[piece.index ?? 0]
      const left = followed ? restOf(piece, followed) : piece
      if (left === undefined) return undefined
      if (left !== 'nothing') rest.push(left)
    }
    return rest
  }
}

/** The new part of a piece of a call that was shown, which keeps its first id; undefined if it differs. */
function restOf(
  piece: StreamedCall,
  { called, name, args }: FollowedCall,
): StreamedCall | 'nothing' | undefined {
  const named = piece.function?.name ?? ''
  // Some services repeat the whole name in each piece.
  const restOfName = name.caughtUp && named === called ? '' : name.add(named)
  const restOfArgs = args.add(piece.function?.arguments ?? '')
  if (restOfName === undefined || restOfArgs === undefined) return undefined
  if (restOfName === '' && restOfArgs === '') return 'nothing'
  const rest = {
    ...(restOfName === '' ? {} : { name: restOfName }),
    ...(restOfArgs === '' ? {} : { arguments: restOfArgs }),
  }
  return { index: piece.index ?? 0, function: rest }
}
