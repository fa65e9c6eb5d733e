import { randomUUID } from 'node:crypto'
import type { Chunk, Completion, Delta, Message } from '../contract/index.ts'
import { unixSeconds } from '../time/unix-seconds.ts'
import { imagesOf } from './images/images.ts'

/** The text of a message: its string content, or its text parts joined. */
export function textOf(message: Message | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as readonly { text?: string }[]).map(part => part.text ?? '').join('')
}

/** A new id in the format of OpenAI's own completions. */
export function newCompletionId(): string {
  return `chatcmpl-${randomUUID().replaceAll('-', '')}`
}

/**
 * The fingerprint of answers that no service gave one. Some clients refuse a chat without any, and others null: a text suits
 * them all.
 */
export const ownFingerprint = 'fp_hulumanage'

/** A completion made from messages, one choice each. */
export function completionOf(messages: readonly Message[], model: string): Completion {
  return {
    id: newCompletionId(),
    object: 'chat.completion',
    created: unixSeconds(),
    model,
    choices: messages.map((message, index) => ({
      index,
      message,
      finish_reason: message.tool_calls?.length ? 'tool_calls' : 'stop',
    })),
  }
}

/** A completion as the chunks of a stream: for each choice one with the message and one with its end, then one for usage. */
export function* chunksOf(completion: Completion): Generator<Chunk> {
  const { usage, choices, object: _object, ...rest } = completion
  const head = { ...rest, object: 'chat.completion.chunk' }
  for (const { index, message, finish_reason, ...extra } of choices) {
    yield { ...head, choices: [{ index, delta: deltaOf(message), finish_reason: null, ...extra }] }
    yield { ...head, choices: [{ index, delta: {}, finish_reason }] }
  }
  if (usage) yield { ...head, choices: [], usage }
}

function deltaOf(message: Message): Delta {
  const { content, tool_calls, ...rest } = message
  const images = Array.isArray(content) ? imagesOf(message) : []
  const text = typeof content === 'string' || content == null ? content : textOf(message)
  return {
    ...rest,
    ...(content === undefined ? {} : { content: text ?? null }),
    ...(images.length > 0 ? { images } : {}),
    ...(tool_calls ? { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) } : {}),
  }
}
