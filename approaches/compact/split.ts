import { textOf } from '../../src/plugin.ts'
import type { Message } from '../../src/plugin.ts'
import { guidanceOf } from '../lib/asking/guidance.ts'
import { enclose } from '../lib/asking/prompt-lists.ts'
import { tokensIn } from '../lib/asking/tokens.ts'

/** A conversation in the parts that are treated differently. */
export interface Split {
  /** The messages of the operator, which always stay. */
  readonly guidance: readonly Message[]
  /** The turns to summarize. */
  readonly old: readonly Message[]
  /** The newest turns, which begin with a message of the user. */
  readonly recent: readonly Message[]
}

/** Tokens of an image or a file; services count between 85 and some thousand. */
const attachment = 1000

/**
 * Splits a conversation that is longer than the window, before a message of the user, so that calls of tools stay with their
 * results. Undefined if it fits, or if only its first message is of the user.
 */
export function splitConversation(
  messages: readonly Message[],
  window: number,
  keep: number,
): Split | undefined {
  const sizes = messages.map(sizeOf)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= window) return undefined
  const turns = messages.filter(({ role }) => role !== 'system' && role !== 'developer')
  let left = window * keep
  let start: number | undefined
  for (let at = turns.length - 1; at > 0; at--) {
    left -= sizeOf(turns[at]!)
    // The newest question stays, whatever its length.
    if (left < 0 && start !== undefined) break
    if (turns[at]!.role === 'user') start = at
  }
  if (start === undefined) return undefined
  return { guidance: guidanceOf(messages), old: turns.slice(0, start), recent: turns.slice(start) }
}

/** The conversation with a summary in place of its old turns: before the first message that stays, in the same one. */
export function withSummary({ guidance, recent }: Split, summary: string): readonly Message[] {
  const [first, ...rest] = recent
  const head = `The conversation so far, in short:\n\n${enclose('summary', summary)}\n\nIt continues:`
  const content = Array.isArray(first!.content)
    ? [{ type: 'text', text: head }, ...first!.content]
    : `${head}\n\n${textOf(first)}`
  return [...guidance, { ...first!, content }, ...rest]
}

/** Estimated tokens of a message with its calls and attachments. */
export function sizeOf(message: Message): number {
  const parts = Array.isArray(message.content) ? message.content : []
  const attachments = parts.filter(({ text }) => text === undefined).length
  const calls = message.tool_calls ? tokensIn(JSON.stringify(message.tool_calls)) : 0
  return tokensIn(textOf(message)) + calls + attachments * attachment + 4
}
