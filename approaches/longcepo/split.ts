import { textOf } from '../../src/plugin.ts'
import type { ContentPart, Message } from '../../src/plugin.ts'
import { charactersIn, tokensIn } from '../lib/asking/tokens.ts'

/** A conversation with its long texts taken out. */
export interface Split {
  /** The long texts, to be read in parts. */
  readonly context: string
  /** The conversation without them: short enough to go with every call. */
  readonly messages: readonly Message[]
}

/** Tokens of a long text that stay at each of its ends, a quarter of it at most: a question stands at either. */
const kept = 400

const turns: ReadonlySet<string> = new Set(['user', 'tool', 'function'])

/**
 * Takes out what is over `longest` tokens in what users and tools said. Where the delimiter stands in the last message of
 * the user, what is before it is taken, and what follows it stays: the question. Else begin and end of a text stay.
 */
export function split(messages: readonly Message[], delimiter: string, longest: number): Split {
  const contexts: string[] = []
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const short = messages.map((message, index) => {
    const text = textOf(message)
    const [before, after] = index === last ? parted(text, delimiter) : [text, undefined]
    if (!turns.has(message.role) || (tokensIn(before) <= longest && after === undefined)) return message
    contexts.push(before)
    return withText(message, after === undefined ? excerptOf(before) : `${gapFor(before)}\n\n${after}`)
  })
  return { context: contexts.join('\n\n'), messages: short }
}

/** A conversation as it is, but for the delimiter: for one that is short. */
export function withoutDelimiter(messages: readonly Message[], delimiter: string): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const [before, after] = parted(textOf(messages[last]), delimiter)
  return after === undefined
    ? messages
    : messages.with(last, withText(messages[last]!, `${before}\n\n${after}`))
}

/** About how many tokens the texts of a conversation have. */
export function tokensOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + tokensIn(textOf(message)), 0)
}

/** Before and after the last delimiter, where a question follows one: a text may speak of it, a question hardly does. */
function parted(text: string, delimiter: string): [string, string | undefined] {
  const at = delimiter === '' ? -1 : text.lastIndexOf(delimiter)
  if (at === -1) return [text, undefined]
  return [text.slice(0, at).trim(), text.slice(at + delimiter.length).trim() || undefined]
}

function excerptOf(text: string): string {
  const edge = Math.min(charactersIn(kept), Math.floor(text.length / 4))
  const [begin, end] = [text.slice(0, edge), text.slice(-edge)].map(part => part.toWellFormed())
  return `${begin}\n\n${gapFor(text)}\n\n${end}`
}

function gapFor(text: string): string {
  return `[... a text of about ${tokensIn(text)} tokens stands here, and is read in parts ...]`
}

/** The message with another text, in the place of its first; other parts stay. */
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
