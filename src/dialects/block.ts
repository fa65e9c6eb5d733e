/** A part of an answer that is all of one kind. */
export interface Block {
  readonly kind: 'thinking' | 'redacted' | 'text' | 'refusal' | 'image' | 'tool'
  /** Position among the blocks of the answer. */
  readonly index: number
  /** The text so far; the arguments of a tool call, the data of redacted thinking, the `data:` URL of an image. */
  text: string
  /** The proof that the thinking is the model's own; empty if its service sends none. */
  signature: string
  /** Id of a tool call, else empty. */
  readonly id: string
  /** Name of the function that a tool call calls, else empty. */
  readonly name: string
}

/** A change of the blocks of an answer. Only the newest block grows, and it ends before the next one begins. */
export interface Change {
  readonly action: 'begin' | 'grow' | 'sign' | 'end'
  readonly block: Block
  /** The text that was added, or the signature. */
  readonly text: string
}

/** Whether blocks of this kind have all of their text when they begin. */
export function isWhole(kind: Block['kind']): boolean {
  return kind === 'redacted' || kind === 'image'
}

/** Adds text to a block, and the change to a list. */
export function grow(changes: Change[], block: Block, text: string): void {
  block.text += text
  changes.push({ action: 'grow', block, text })
}
