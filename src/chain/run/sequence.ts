import { HulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Completion, ContentPart, Message, Upstream } from '../../contract/index.ts'
import { textOf } from '../../chat/completion.ts'
import { CompleteReply } from '../../chat/reply.ts'
import { forOneChoice } from '../../chat/request.ts'
import { withoutStreamOptions } from './helper-request.ts'

/**
 * One after the other: each stage sees the conversation with the last user text replaced by the first choice of the
 * stage before. A tool call ends the pipe and is the answer.
 */
export function pipe(stages: readonly Upstream[]): Upstream {
  const before = stages.slice(0, -1)
  const last = stages.at(-1)!
  return async (request, call) => {
    let asked = request
    for (const stage of before) {
      const reply = await stage(forOneAnswer(asked), call)
      const whole = await reply.completion()
      const message = whole.choices[0]?.message
      if (callsTool(message)) return new CompleteReply(firstOf(whole), reply.head.provider)
      asked = withLastUserText(request, given(textOf(message), call.path))
    }
    return await last(asked, call)
  }
}

/** A stage whose answer is read here: one choice, whole. */
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

function given(text: string, path: string): string {
  if (text !== '') return text
  throw new HulumanageError('no_answer', `A step of "a&b"${path && ` in ${path}`} gave no text to hand on`)
}

/** The conversation with the text of its last user message replaced, other parts kept; without one, with one more. */
export function withLastUserText(request: ChatRequest, text: string): ChatRequest {
  const at = request.messages.findLastIndex(message => message.role === 'user')
  const message = request.messages[at]
  const messages = message
    ? request.messages.with(at, { ...message, content: withText(message.content, text) })
    : [...request.messages, { role: 'user', content: text }]
  return { ...request, messages }
}

/** The text stands where the first text part stood. */
function withText(content: Message['content'], text: string): string | readonly ContentPart[] {
  if (typeof content === 'string' || !content) return text
  const first = content.findIndex(part => part.type === 'text')
  const part: ContentPart = { type: 'text', text }
  if (first < 0) return [part, ...content]
  return content.with(first, part).filter((part, index) => part.type !== 'text' || index === first)
}
