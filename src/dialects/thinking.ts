import { joinDetails } from '../chat/reasoning-details.ts'
import type { Delta, Message } from '../contract/index.ts'
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

/** The thinking in plain text. Services use one name or the other. */
export function thinkingOf(delta: Delta | Message): string {
  return stringOf(delta['reasoning_content']) || stringOf(delta['reasoning'])
}

/** Adds the thoughts that a service has sealed and wants back; returns the same object without such thoughts. */
export function withSealed(before: Thoughts, delta: Delta | Message): Thoughts {
  const { reasoning_details: details, reasoning_items: items } = delta
  if (!Array.isArray(details) && !Array.isArray(items)) return before
  return {
    reasoning_details: joinDetails(before.reasoning_details ?? [], (details ?? []) as readonly object[]),
    reasoning_items: [...(before.reasoning_items ?? []), ...((items ?? []) as readonly object[])],
  }
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
