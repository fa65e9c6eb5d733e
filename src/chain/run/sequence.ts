import { HulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Completion, ContentPart, Message } from '../../contract/index.ts'
import type { ProviderUpstream } from '../../chat/provider-call.ts'
import { textOf } from '../../chat/completion.ts'
import { CompleteReply } from '../../chat/reply.ts'
import { forOneChoice } from '../../chat/request.ts'
import { withoutThinking } from '../../sampling/thinking.ts'
import { withoutStreamOptions } from './helper-request.ts'

/**
 * Runs stages one after the other. Each sees the conversation with its last user text replaced by the first choice of the
 * stage before, without the thinking that a model wrote into it. A tool call ends the sequence and is its answer.
 */
export function inSequence(stages: readonly ProviderUpstream[]): ProviderUpstream {
  const before = stages.slice(0, -1)
  const last = stages.at(-1)!
  return async (request, call) => {
    let outgoing = request
    for (const stage of before) {
      const reply = await stage(forOneAnswer(outgoing), call)
      const whole = await reply.completion()
      const message = whole.choices[0]?.message
      if (callsTool(message)) return new CompleteReply(firstOf(whole), reply.head.provider)
      outgoing = withLastUserText(request, requireText(withoutThinking(textOf(message)), call.path))
    }
    return await last(outgoing, call)
  }
}

/** The request for a stage whose answer is read here: one choice, not streamed. */
function forOneAnswer(request: ChatRequest): ChatRequest {
  const { stream: _stream, ...rest } = forOneChoice(request)
  return withoutStreamOptions(rest)
}

function callsTool(message: Message | undefined): boolean {
  return (message?.tool_calls?.length ?? 0) > 0 || message?.['function_call'] != null
}

function firstOf(whole: Completion): Completion {
  return { ...whole, choices: whole.choices.slice(0, 1) }
}

function requireText(text: string, path: string): string {
  if (text !== '') return text
  throw new HulumanageError(
    'no_answer',
    `A step of "a&b"${path && ` in ${path}`} returned no text to pass on`,
  )
}

/** Replaces the text of the last user message and keeps its other parts; without a user message, appends one. */
export function withLastUserText(request: ChatRequest, text: string): ChatRequest {
  const at = request.messages.findLastIndex(message => message.role === 'user')
  const message = request.messages[at]
  const messages = message
    ? request.messages.with(at, { ...message, content: withText(message.content, text) })
    : [...request.messages, { role: 'user', content: text }]
  return { ...request, messages }
}

/** Puts the text in the position of the first text part. */
function withText(content: Message['content'], text: string): string | readonly ContentPart[] {
  if (typeof content === 'string' || !content) return text
  const first = content.findIndex(part => part.type === 'text')
  const part: ContentPart = { type: 'text', text }
  if (first < 0) return [part, ...content]
  return content.with(first, part).filter((part, index) => part.type !== 'text' || index === first)
}
