type Block = Readonly<Record<string, unknown>>

/**
 * Adds the pieces of a stream's `thinking_blocks` to the list of those before, which was made here or is empty. LiteLLM sends
 * thinking in blocks without a signature, and the signature in one that is empty or has all of the thinking once more.
 */
export function addThinking(blocks: object[], pieces: readonly object[]): void {
  for (const piece of pieces as readonly Block[]) {
    const last = blocks.at(-1) as Record<string, unknown> | undefined
    if (last && isOpen(last) && continues(piece)) extend(last, piece)
    else blocks.push({ ...piece })
  }
}

function isOpen({ type, signature }: Block): boolean {
  return type === 'thinking' && !signature
}

/** A block with a place between the text and the calls of an answer is one of its own. */
function continues({ type, after }: Block): boolean {
  return type === 'thinking' && after === undefined
}

function extend(last: Record<string, unknown>, piece: Block): void {
  const [before, next] = [textOf(last['thinking']), textOf(piece['thinking'])]
  const isWhole = Boolean(piece['signature']) && before !== '' && next.startsWith(before)
  Object.assign(last, piece, { thinking: isWhole ? next : before + next })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
