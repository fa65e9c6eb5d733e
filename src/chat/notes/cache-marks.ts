/** Maximum number of marks for a cache that Anthropic accepts in a request. */
export const maxMarks = 4

interface Marked {
  readonly cache_control?: unknown
  readonly content?: unknown
}

/** The marks of blocks, and of the blocks in the results of tools. */
export function countMarks(blocks: unknown): number {
  if (!Array.isArray(blocks)) return 0
  const own = (blocks as readonly Marked[]).filter(({ cache_control: mark }) => mark != null).length
  return (blocks as readonly Marked[]).reduce((sum, block) => sum + countMarks(block.content), own)
}

interface MarkedTool {
  readonly cache_control?: unknown
  readonly function?: { readonly cache_control?: unknown }
}

/** The mark of a tool of a chat, which clients write beside its function or within. */
export function markOfTool({ cache_control: mark, function: called }: MarkedTool): unknown {
  return mark ?? called?.cache_control
}

/** The blocks without the first so many marks, in the order in which the service reads them. */
export function withoutFirstMarks<T>(blocks: readonly T[], count: number): readonly T[] {
  let left = count
  const shortened = (list: readonly Marked[]): readonly Marked[] =>
    list.map(block => {
      if (left === 0) return block
      const { content } = block
      const inner = Array.isArray(content) ? shortened(content as readonly Marked[]) : content
      const changed = inner === content ? block : { ...block, content: inner }
      if (left === 0 || block.cache_control == null) return changed
      left -= 1
      const { cache_control: _mark, ...rest } = changed
      return rest
    })
  return shortened(blocks as readonly Marked[]) as readonly T[]
}
