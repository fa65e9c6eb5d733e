import { charactersBeside, charactersOf } from '../../chat/estimate.ts'
import { hasContent } from '../../chat/read/chunk.ts'
import { finishAfter } from '../../chat/read/head.ts'
import type { Expected } from '../../chat/read/head.ts'
import { saysSomething } from '../../chat/read/message.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Chunk, ChunkChoice, Delta, FinishReason, ReplyHead, Usage } from '../../contract/index.ts'
import { chunkOf, withChoices } from './chunk.ts'
import type { PassedChunk } from './chunk.ts'
import { StreamedCalls } from './streamed-calls.ts'
import { WithheldEnds } from './withheld-ends.ts'
import type { ApplyEnd } from './withheld-ends.ts'

const nothing: Delta = {}

/** Where usage alone has come: `last`, with nothing of the answer behind it, or `between` parts of it, once or more. */
type UsageAlone = 'none' | 'last' | 'between'

/** Follows a stream to tell whether it came to its end: a finish reason for every choice that began. */
export class StreamProgress {
  readonly #maxCharacters: number
  readonly finish: FinishReason[] = []
  /** The calls of each choice that made any. */
  #calls: Map<number, StreamedCalls> | undefined
  /** The reasons of `finish` that are not told yet. */
  readonly #ends = new WithheldEnds()
  usage: Usage | undefined
  #usageAlone: UsageAlone = 'none'
  /** Usage alone that came before a reason for each choice: it waits for them, which may be left to `ending`. */
  #withheldUsage: readonly PassedChunk[] = []
  /** Characters of text, also for an estimate if no usage arrives. */
  characters = 0
  /** Characters of everything else in the deltas, and of log probabilities. */
  #beside = 0

  /** `maxCharacters`: of text. Some readers keep all of it, so it is limited although a stream is passed on as it comes. */
  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters
  }

  /** Whether a call has begun. */
  get hasCalls(): boolean {
    return this.#calls !== undefined
  }

  /** Whether a choice begins with a chunk that was not added yet. */
  isNew({ choices }: Chunk): boolean {
    return choices.some(({ index }) => this.finish[index] === undefined)
  }

  /**
   * Adds a chunk, and returns those to pass on for it: itself, or a copy if its tool calls are corrected. A finish reason is
   * withheld until a chunk of usage alone or `ending`: clients read no further than the first, and some services state one
   * in each chunk, or a chunk behind each piece. A chunk that says nothing is left out if its choices have ended, because
   * some clients take it for content behind the end. Throws `UnreadableAnswer` if a choice ends that made a tool call
   * without a name.
   */
  add(sent: PassedChunk, head: ReplyHead, expected: Expected): readonly PassedChunk[] {
    const { chunk } = sent
    const { choices, usage } = chunk
    if (usage) this.usage = usage
    if (choices.length === 0) return usage ? this.#addUsage(sent, head, expected) : [sent]
    this.#passUsage()
    if (!usage && !hasContent(chunk) && this.#haveEnded(choices)) return []
    if (choices.length === 1 && isEnd(choices[0]!)) return this.#withholdChunk(sent, choices[0]!)
    const added = withChoices(sent, this.#addChoice)
    return this.#ends.isEmpty ? [added] : [...this.#ends.releaseBefore(choices), added]
  }

  #addUsage(sent: PassedChunk, head: ReplyHead, expected: Expected): readonly PassedChunk[] {
    if (this.#usageAlone === 'none') this.#usageAlone = 'last'
    if (this.finish.length > 0 && !this.complete) {
      this.#withheldUsage = [sent]
      return []
    }
    this.#withheldUsage = []
    return [...this.#takeEnds(head, expected), sent]
  }

  /** Records that the answer continues behind usage alone, if any has come. */
  #passUsage(): void {
    if (this.#usageAlone === 'last') this.#usageAlone = 'between'
  }

  #haveEnded(choices: readonly ChunkChoice[]): boolean {
    return choices.every(choice => this.finish[choice.index] != null && !isAnnotated(choice))
  }

  /** Adds a choice, and returns it without its finish reason. */
  readonly #addChoice = (choice: ChunkChoice): ChunkChoice => {
    const { index, delta, finish_reason: reason } = choice
    const calls = this.#callsOf(index, delta)
    const before = this.finish[index] ?? null
    const added = calls ? calls.add(delta, before !== null) : delta
    if (calls && reason != null) checkNames(calls)
    if (before !== null && saysSomething(delta)) this.#ends.resume(index)
    this.finish[index] = reason ?? before
    this.addText(charactersOf(delta), charactersBeside(choice))
    if (reason != null) this.#ends.withhold(index, reason)
    if (added === delta && reason == null) return choice
    return { ...choice, delta: added, ...(reason == null ? {} : { finish_reason: null }) }
  }

  /** Withholds a chunk that only ends its choice. Returns the one that did before. */
  #withholdChunk(sent: PassedChunk, choice: ChunkChoice): readonly PassedChunk[] {
    const { index, finish_reason: reason } = choice
    const before = this.#ends.release(index)
    const silent = withChoices(sent, this.#addChoice)
    if (this.#ends.wasTold(index)) return sent.chunk.usage || isAnnotated(choice) ? [silent] : []
    this.#ends.withhold(index, reason!, sent)
    return before
  }

  /** Where the calls of a choice are followed, from the first of them on. */
  #callsOf(index: number, { tool_calls: pieces, function_call: legacy }: Delta): StreamedCalls | undefined {
    const known = this.#calls?.get(index)
    if (known || (pieces == null && legacy == null)) return known
    const calls = new StreamedCalls()
    this.#calls ??= new Map()
    this.#calls.set(index, calls)
    return calls
  }

  /** The chunks that tell the reasons that were withheld. */
  #takeEnds(head: ReplyHead, expected: Expected): readonly PassedChunk[] {
    return this.#ends.take(head, this.#endingWith(expected))
  }

  #endingWith(expected: Expected): ApplyEnd {
    return (choice, reason) => this.#applyEnd(choice, reason, expected)
  }

  /** The chunks that tell which choices have ended in a stream that breaks. */
  ended(head: ReplyHead, expected: Expected): readonly PassedChunk[] {
    return this.#ends.takeAfterBreak(head, this.#endingWith(expected))
  }

  /**
   * The chunks for the end of a stream: with the reasons that were withheld, with one for each choice that began and was told
   * none, since some services send `[DONE]` alone, and with arguments that were held back. In `finish`, reasons that the
   * service did not state stay null. Throws as `add` does, and if the answer ends within a call.
   */
  ending(head: ReplyHead, expected: Expected): readonly PassedChunk[] {
    const stated = this.#takeEnds(head, expected)
    const choices = this.finish.flatMap((reason, index) => {
      const choice = { index, delta: nothing, finish_reason: null }
      if (reason === null) {
        if (this.#calls?.get(index)?.isCutOff)
          throw new UnreadableAnswer('ended its stream within a tool call')
        return [this.#applyEnd(choice, reason, expected)]
      }
      const delta = this.#calls?.get(index)?.end(nothing) ?? nothing
      return delta === nothing ? [] : [{ ...choice, delta }]
    })
    const added = choices.length > 0 ? [{ chunk: chunkOf(head, choices) }] : []
    return [...stated, ...added, ...this.#withheldUsage]
  }

  /** The choice with a finish reason, and with what is left of its calls. The choice itself if it has both. */
  #applyEnd(choice: ChunkChoice, reason: FinishReason, expected: Expected): ChunkChoice {
    const calls = this.#calls?.get(choice.index)
    if (calls && reason === null) {
      checkNames(calls)
      return { ...choice, delta: calls.end(choice.delta), finish_reason: calls.reason }
    }
    const told = reasonWith(calls, reason ?? 'stop', expected)
    const delta = calls && reason !== null ? calls.finish(choice.delta, reason) : choice.delta
    if (delta === choice.delta && told === choice.finish_reason) return choice
    return { ...choice, delta, finish_reason: told }
  }

  /** Counts characters of text, and those beside it. Throws `upstream_too_large`. */
  addText(characters: number, beside = 0): void {
    this.#passUsage()
    this.characters += characters
    this.#beside += beside
    if (this.characters + this.#beside <= this.#maxCharacters) return
    const what = `streamed more than ${this.#maxCharacters} characters`
    throw new HulumanageError('upstream_too_large', what)
  }

  /** Whether every choice that began has a finish reason. */
  get complete(): boolean {
    if (this.finish.length === 0) return false
    for (let index = 0; index < this.finish.length; index++) if (this.finish[index] == null) return false
    return true
  }

  /**
   * Whether the answer may end here, though neither `[DONE]` nor every reason has come: some services end with usage alone,
   * which is counted when all has been said. Not if they have sent it between parts of the answer as well, nor within a
   * call.
   */
  get mayEnd(): boolean {
    if (this.complete) return true
    return this.#usageAlone === 'last' && [...(this.#calls?.values() ?? [])].every(({ areWhole }) => areWhole)
  }

  /** Whether the answer is complete, and its service has stated no reason before the end: nothing of it can be missing. */
  get hasEnded(): boolean {
    return !this.#ends.hasResumed && this.complete
  }

  /**
   * Whether nothing but usage should follow. Not if a reason comes with a text, or before any: the service may state one in
   * each chunk.
   */
  get isOver(): boolean {
    return this.characters > 0 && this.hasEnded && this.#ends.areAllBare
  }
}

function isEnd({ delta, finish_reason: reason }: ChunkChoice): boolean {
  return reason != null && !saysSomething(delta)
}

function checkNames(calls: StreamedCalls): void {
  if (!calls.areNamed) throw new UnreadableAnswer('made a tool call without a name')
}

/** The reason that a service states, as far as the choice's calls do not deny it. */
function reasonWith(calls: StreamedCalls | undefined, reason: string, expected: Expected): string {
  return calls?.isLegacy ? reason : finishAfter(reason, calls !== undefined, expected)
}

/** Whether a choice says something beside its answer: Azure's asynchronous filter may judge an answer when it has ended. */
function isAnnotated({ index: _index, delta: _delta, ...others }: ChunkChoice): boolean {
  return Object.values(others).some(
    value => typeof value === 'object' && value !== null && Object.keys(value).length > 0,
  )
}
