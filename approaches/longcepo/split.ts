import { textOf } from '../../src/plugin.ts'
import type { ContentPart, Message } from '../../src/plugin.ts'
import { charactersIn, tokensIn } from '../lib/asking/tokens.ts'

/** A conversation without its long texts. */
export interface Split {
  /** The long texts, which are read in parts. */
  readonly context: string
  /** The conversation without them, short enough to be part of every call. */
  readonly messages: readonly Message[]
}

/** Tokens of a long text that stay at each of its ends, at most a quarter of it: the question may be at either end. */
const edgeTokens = 400

const longRoles: ReadonlySet<string> = new Set(['user', 'tool', 'function'])

/**
 * Takes texts of more than `limit` tokens out of the messages of users and tools. If the last user message contains the
 * delimiter, the text before it is taken out and the question after it stays. Otherwise the beginning and the end of a text
 * stay.
 */
export function split(messages: readonly Message[], delimiter: string, limit: number): Split {
  const contexts: string[] = []
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const short = messages.map((message, index) => {
    const text = textOf(message)
    const [before, after] = index === last ? splitAtDelimiter(text, delimiter) : [text, undefined]
    if (!longRoles.has(message.role) || (tokensIn(before) <= limit && after === undefined)) return message
    contexts.push(before)
    return withText(message, after === undefined ? excerptOf(before) : `${gapFor(before)}\n\n${after}`)
  })
  return { context: contexts.join('\n\n'), messages: short }
}

/** A conversation without the delimiter, otherwise unchanged: for one that is short enough. */
export function withoutDelimiter(messages: readonly Message[], delimiter: string): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const [before, after] = splitAtDelimiter(textOf(messages[last]), delimiter)
  return after === undefined
    ? messages
    : messages.with(last, withText(messages[last]!, `${before}\n\n${after}`))
}

/** Estimated number of tokens in the texts of a conversation. */
export function tokensOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + tokensIn(textOf(message)), 0)
}

/**
 * The text before and after the last delimiter, if a question follows. The last, because a long text may mention the
 * delimiter, but a question hardly does.
 */
function splitAtDelimiter(text: string, delimiter: string): [string, string | undefined] {
  const at = delimiter === '' ? -1 : text.lastIndexOf(delimiter)
  if (at === -1) return [text, undefined]
  return [text.slice(0, at).trim(), text.slice(at + delimiter.length).trim() || undefined]
}

function excerptOf(text: string): string {
  const edge = Math.min(charactersIn(edgeTokens), Math.floor(text.length / 4))
  const [begin, end] = [text.slice(0, edge), text.slice(-edge)].map(part => part.toWellFormed())
  return `${begin}\n\n${gapFor(text)}\n\n${end}`
}

function gapFor(text: string): string {
  return `[... a text of about ${tokensIn(text)} tokens stands here, and is read in parts ...]`
}

/** The message with another text instead of its first text part; parts that are not text stay. */
function withText(message: Message, text: string): Message {
  const { content } = message
  if (!Array.isArray(content)) return { ...message, content: text }
  const parts = content as readonly ContentPart[]
  const first = parts.findIndex(part => part.text !== undefined)
  return {
    ...message,
    content: parts.flatMap((part, index) => {
      if (index === first) return [{ ...part, text }]
      return part.text === undefined ? [part] : []
    }),
  }
}
