import { isSigned } from '../chat/thoughts/extra-content.ts'
import { addDetails, isSealed } from '../chat/thoughts/reasoning-details.ts'
import type { Delta, Message } from '../contract/index.ts'
import { packThoughts } from '../text/carried-thoughts.ts'
import type { Thoughts } from '../text/carried-thoughts.ts'

/** A block of thinking in Anthropic's form. */
export interface SignedThinking {
  readonly type: string
  readonly thinking?: string
  readonly signature?: string
  readonly data?: string
}

/** The blocks of thinking that came with their signatures, in order. */
export function signedOf({ thinking_blocks: blocks }: Delta | Message): readonly SignedThinking[] {
  return Array.isArray(blocks) ? (blocks as SignedThinking[]) : []
}

/** Names that services have for thinking in plain text. */
const names = ['reasoning_content', 'reasoning', 'reasoning_text', 'thinking'] as const

/** The thinking in plain text, under whatever name; OpenRouter and MiniMax have it in `reasoning_details` as well, or alone. */
export function thinkingOf(delta: Delta | Message): string {
  for (const name of names) if (typeof delta[name] === 'string' && delta[name] !== '') return delta[name]
  const details = delta['reasoning_details']
  return Array.isArray(details) ? (details as readonly unknown[]).map(detailText).join('') : ''
}

function detailText(detail: unknown): string {
  const { text, summary } = (detail ?? {}) as { readonly text?: unknown; readonly summary?: unknown }
  return stringOf(text) || stringOf(summary)
}

/** Thoughts whose lists grow. */
export interface GrowingThoughts extends Thoughts {
  readonly reasoning_details?: object[]
  readonly reasoning_items?: object[]
}

/**
 * Adds the thoughts that a service has sealed and wants back; returns the same object without such thoughts. The lists of
 * `before` grow: to copy them for each piece would take a time that is the square of their number.
 */
export function withSealed(before: GrowingThoughts, delta: Delta | Message): GrowingThoughts {
  const { reasoning_details: details, reasoning_items: items, extra_content: extra } = delta
  const signed = isSigned(extra) ? { ...before, extra_content: [extra] } : before
  if (!Array.isArray(details) && !Array.isArray(items)) return signed
  const { reasoning_details: joined = [], reasoning_items: listed = [] } = before
  addDetails(joined, (details ?? []) as readonly object[])
  for (const item of (items ?? []) as readonly object[]) listed.push(item)
  return { ...signed, reasoning_details: joined, reasoning_items: listed }
}

/** Sealed thoughts as one text. Details in plain text are left out. */
export function sealOf(thoughts: Thoughts): string {
  const { reasoning_details: details = [] } = thoughts
  return packThoughts(details.some(isSealed) ? thoughts : { ...thoughts, reasoning_details: [] })
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
