/**
 * The package export `hulumanage/plugin`: everything that steps and plugins are built with. It includes the helpers of
 * the built-in approaches, so that third parties can do what they do.
 */
import type { Chunk, Reply } from './contract/index.ts'
import { newCompletionId } from './chat/completion.ts'
import { StreamReply } from './chat/reply.ts'
import { unixSeconds } from './time/unix-seconds.ts'

export * from './contract/index.ts'
export { answerKey, extractAnswer } from './answers/answer.ts'
export { bareAnswerKey } from './answers/answer-key.ts'
export { answerKeys } from './answers/answer-keys.ts'
export { codeBlocks } from './answers/code-blocks.ts'
export { nearestByFields } from './answers/fields.ts'
export { findJson } from './answers/find-json.ts'
export type { FoundJson } from './answers/find-json.ts'
export { groupByAnswer, votesOf } from './answers/groups.ts'
export type { AnswerGroup } from './answers/groups.ts'
export { textOf } from './chat/completion.ts'
export { charactersPerToken } from './chat/estimate.ts'
export { CompleteReply, mapReply, replyFrom, replyFromMessages, StreamReply } from './chat/reply.ts'
export { forOneChoice, withSeed } from './chat/request.ts'
export { effortOf, setsEffort, withEffort } from './chat/thoughts/effort.ts'
export type { Kind } from './providers/kind.ts'
export type { StreamTranslator, Translation } from './providers/translation.ts'
export type { App, HostDecorators } from './registry/host.ts'
export { alternatives } from './sampling/alternatives.ts'
export { refuses, toolCallKey } from './sampling/candidate.ts'
export type { Candidate, Candidates } from './sampling/candidate.ts'
export { endingOf, endingParams } from './sampling/ending.ts'
export type { Ending } from './sampling/ending.ts'
export {
  drawTemperature,
  sample,
  sampleEach,
  sampleInWindows,
  withDrawTemperature,
} from './sampling/sample.ts'
export type { NextWindow } from './sampling/sample.ts'
export { isRefusal, mayRefuse } from './sampling/refusal.ts'
export { readTag, TagReader } from './sampling/tags.ts'
export type { Tag } from './sampling/tags.ts'
export { ThinkingFilter, withoutThinking } from './sampling/thinking.ts'
export { vote } from './sampling/vote.ts'
export type { Vote } from './sampling/vote.ts'
export { parseJson } from './text/json/parse.ts'
export { loadedOnce } from './time/loaded-once.ts'

/**
 * A reply that streams while it is produced, from pieces of text or from chunks. It ends with finish reason `stop`
 * unless a chunk has another one. Cancelling it ends the source as soon as that yields again.
 */
export function replyFromStream(source: AsyncIterable<string | Chunk>, model: string): Reply {
  const head = { id: newCompletionId(), model, created: unixSeconds() }
  const chunks = chunksFrom(source, { ...head, object: 'chat.completion.chunk' })
  return new StreamReply(head, chunks, () => {
    chunks.return(undefined).catch(() => {})
  })
}

type ChunkHead = Pick<Chunk, 'id' | 'object' | 'created' | 'model'>

async function* chunksFrom(
  source: AsyncIterable<string | Chunk>,
  head: ChunkHead,
): AsyncGenerator<Chunk, undefined> {
  let finished = false
  for await (const piece of source) {
    const chunk = typeof piece === 'string' ? textChunk(piece, head) : piece
    finished ||= chunk.choices.some(choice => choice.finish_reason != null)
    yield chunk
  }
  if (!finished) yield { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
}

function textChunk(content: string, head: ChunkHead): Chunk {
  return { ...head, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] }
}
