import { HulumanageError, isRefusal, StreamReply } from '../../../src/plugin.ts'
import type { Candidate, ChatRequest, Chunk, ChunkChoice, Context, Reply } from '../../../src/plugin.ts'
import { FinalChoice } from './final-choice.ts'
import type { Replacing } from './final-choice.ts'
import { tolerateFailure } from './tolerate-failure.ts'

/**
 * Makes the call that a method ends with, and streams its answer. `fallback` is the answer if the call fails before its
 * first content, has no content, or does nothing but refuse; `what` names the call in the log.
 */
export async function makeFinalCall(
  ctx: Context,
  what: string,
  request: ChatRequest,
  fallback: Candidate,
): Promise<Reply> {
  const reply = await tolerateFailure(ctx, what, () => ctx.complete(request))
  return reply ? ensureAnswer(ctx, reply, fallback) : fallback.answer()
}

/**
 * Puts the text of `fallback` into each choice of a reply that ends with nothing but blanks or thinking, or with nothing but
 * a refusal unless `fallback` is one, too. The answer is then reported as degraded. Text that may still turn out to be a
 * refusal is held back.
 */
export function ensureAnswer(
  ctx: Context,
  reply: Reply,
  fallback: Pick<Candidate, 'text' | 'nonText' | 'finish'>,
): Reply {
  const replace: Replacing = (choice, why) => {
    ctx.discard(reply, why, choice.index)
    ctx.degrade('answer')
    const { refusal: _refusal, ...delta } = choice.delta
    const filled = { role: 'assistant', ...delta, content: fallback.text }
    return { ...choice, delta: filled, finish_reason: fallback.finish }
  }
  return replaceIn(reply, replace, !fallback.nonText && !isRefusal(fallback.text))
}

/**
 * Fails a reply with `no_answer` if a choice ends with nothing but blanks or thinking, unless it is empty because it was
 * truncated.
 */
export function ensureContent(reply: Reply): Reply {
  const replace: Replacing = choice => {
    // Out of tokens while thinking: an empty answer with its finish reason, as from a reasoning model.
    if (choice.finish_reason === 'length' || choice.finish_reason === 'content_filter') return choice
    throw new HulumanageError('no_answer', 'The model returned an empty answer; try again')
  }
  return replaceIn(reply, replace, false)
}

function replaceIn(reply: Reply, replace: Replacing, refusals: boolean): Reply {
  const chunks = replacedChunks(reply, index => new FinalChoice(index, replace, refusals))
  return new StreamReply(reply.head, chunks, reason => reply.cancel(reason))
}

async function* replacedChunks(reply: Reply, create: (index: number) => FinalChoice): AsyncGenerator<Chunk> {
  const byIndex = new Map<number, FinalChoice>()
  const choiceAt = (index: number): FinalChoice => {
    const known = byIndex.get(index) ?? create(index)
    byIndex.set(index, known)
    return known
  }
  for await (const chunk of reply) {
    const passed = chunk.choices.flatMap(choice => choiceAt(choice.index).push(choice))
    yield* inChunks(chunk, passed)
  }
  // Some services close a stream without a finish_reason, or send no choice at all.
  if (byIndex.size === 0) choiceAt(0)
  const { id, model, created } = reply.head
  const head = { id, object: 'chat.completion.chunk', created, model }
  for (const choice of byIndex.values())
    for (const passed of choice.close()) yield { ...head, choices: [passed] }
}

/** The chunk with other choices; in a chunk for each unless they have its indexes, and none if it has nothing left. */
function* inChunks(chunk: Chunk, choices: readonly ChunkChoice[]): Generator<Chunk> {
  const hasSame =
    choices.length === chunk.choices.length &&
    choices.every(({ index }, at) => index === chunk.choices[at]?.index)
  if (hasSame) {
    yield { ...chunk, choices }
    return
  }
  const { usage, ...rest } = chunk
  for (const choice of choices) yield { ...rest, choices: [choice] }
  if (usage) yield { ...chunk, choices: [] }
}
