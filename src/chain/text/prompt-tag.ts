import type { ChatRequest, Message } from '../../contract/index.ts'

const tag = /<(hulumanage|optillm)_approach>([^<]*)<\/\1_approach>/g

/** Takes the tags that name a chain out of system and user texts. The last tag counts. */
export function takePromptTag(request: ChatRequest): {
  readonly request: ChatRequest
  readonly tag: string | undefined
} {
  let found: string | undefined
  const strip = (text: string): string =>
    text.includes('_approach>')
      ? text.replaceAll(tag, (_whole, _name, chain: string) => {
          found = chain
          return ''
        })
      : text
  const messages = request.messages.map(message =>
    taggable.has(message.role) ? stripMessage(message, strip) : message,
  )
  return found === undefined ? { request, tag: undefined } : { request: { ...request, messages }, tag: found }
}

const taggable: ReadonlySet<string> = new Set(['system', 'developer', 'user'])

function stripMessage(message: Message, strip: (text: string) => string): Message {
  const { content } = message
  if (typeof content === 'string') return { ...message, content: strip(content) }
  if (!Array.isArray(content)) return message
  const parts = content.map(part =>
    typeof part.text === 'string' ? { ...part, text: strip(part.text) } : part,
  )
  return { ...message, content: parts }
}
