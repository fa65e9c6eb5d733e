import { z } from 'zod'
import { modelOrDefault } from '../chain/plan/default-model.ts'
import type { ChatRequest, Chunk, ChunkChoice, Completion } from '../contract/index.ts'
import { ownFingerprint } from '../chat/completion.ts'
import { withReasoningCount } from '../chat/usage.ts'
import { bodyObject, check, sharedFields } from './check.ts'
import { doneFrame } from '../text/sse.ts'
import { withEarlierMessages } from './conversation/earlier-turns.ts'
import type { ChunkHead, Dialect, Encoder } from './dialect.ts'
import { inStream, openaiError } from './error-body.ts'
import { takeChatFields } from './own-fields.ts'
import { isPlainChat } from './plain-chat.ts'

const message = z.looseObject({
  role: z.string().min(1),
  content: z
    .union(
      [z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))],
      'expected a string, a list of content parts, or null',
    )
    .nullish(),
  tool_calls: z.array(z.looseObject({})).nullish(),
})

/** The schema of a chat request, as far as this server reads it. */
export const chatBody = z.looseObject({
  ...sharedFields,
  messages: z.array(message).min(1, 'must not be empty'),
  max_completion_tokens: z.int().min(0).nullish(),
  tools: z.array(z.looseObject({})).nullish(),
})

/** The answer with a fingerprint: some clients refuse a whole one without. */
function withFingerprint(answer: Completion): Completion {
  return answer['system_fingerprint'] == null ? { ...answer, system_fingerprint: ownFingerprint } : answer
}

/** The chunk without a fingerprint of null, which some clients refuse. A stream may do without any, as those of many services do. */
function withoutNullFingerprint(chunk: Chunk): Chunk {
  return chunk['system_fingerprint'] === null ? { ...chunk, system_fingerprint: ownFingerprint } : chunk
}

/** Keeps nothing about an answer that is not streamed. */
const wholeEncoder: Encoder = {
  dialect: 'chat',
  terminator: doneFrame,
  completion: whole => {
    const completion = withFingerprint(whole)
    return completion.usage ? { ...completion, usage: withReasoningCount(completion.usage) } : completion
  },
  chunk: chunk => [chunk],
  end: (head, usage, more) =>
    usage || more
      ? [{ ...chunkOf(head), choices: [], ...(usage && { usage: withReasoningCount(usage) }), ...more }]
      : [],
  fail: error => [{ ...openaiError(inStream(error)) }],
}

/**
 * Writes one stream, in which the first chunk of each choice names its role, and no other does: some clients add roles up. The
 * last chunk has the fingerprint of the others.
 */
function streamEncoder(): Encoder {
  const named = new Set<number>()
  let fingerprint: { readonly system_fingerprint?: unknown } = {}
  const withRole = (choice: ChunkChoice): ChunkChoice => {
    const { index, delta } = choice
    const isFirst = !named.has(index)
    named.add(index)
    if (delta['role'] === (isFirst ? 'assistant' : undefined)) return choice
    const { role: _role, ...rest } = delta
    return { ...choice, delta: isFirst ? { role: 'assistant', ...rest } : rest }
  }
  return {
    ...wholeEncoder,
    chunk: sent => {
      const chunk = withoutNullFingerprint(sent)
      const { system_fingerprint } = chunk
      if (system_fingerprint !== undefined) fingerprint = { system_fingerprint }
      const choices = chunk.choices.map(withRole)
      return [choices.every((choice, at) => choice === chunk.choices[at]) ? chunk : { ...chunk, choices }]
    },
    end: (...ending) => wholeEncoder.end(...ending).map(event => ({ ...event, ...fingerprint })),
    progress: (head, text) => {
      const note = { index: 0, delta: { reasoning_content: `${text}\n` }, finish_reason: null }
      return [{ ...chunkOf(head), ...fingerprint, choices: [withRole(note)] }]
    },
  }
}

function chunkOf({ id, created, model }: ChunkHead) {
  return { id, object: 'chat.completion.chunk', created, model }
}

/** OpenAI's chat completions. This server uses the same format inside, so most of a body passes through unchanged. */
export const chat: Dialect = {
  name: 'chat',
  read(body, options) {
    const { bytes, defaultModel } = options
    const { rest: sent, own } = takeChatFields(bodyObject(body), options)
    const isPlain = isPlainChat(sent)
    const rest = isPlain ? sent : withEarlierMessages(sent)
    const checked = isPlain ? sent : check(chatBody, rest)
    const model = modelOrDefault(checked.model, defaultModel)
    // These checks are what ChatRequest promises. The body itself is used, not the copy that zod makes.
    const request = (checked.model === model ? rest : { ...rest, model }) as ChatRequest
    const stream = checked.stream === true
    const source = bytes && request === body ? { dialect: 'chat', bytes, request } : undefined
    return {
      requests: [{ request, source, own }],
      stream,
      includeUsage: checked.stream_options?.include_usage === true,
      encoder: stream ? streamEncoder() : wholeEncoder,
    }
  },
}
