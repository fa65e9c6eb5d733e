import type { Delta, Message } from '../contract/index.ts'

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

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
