import { fieldsOf } from '../read/fields.ts'

/** Maximum number of marks for a cache that Anthropic accepts in a request. */
export const maxMarks = 4

/** The marks of blocks, and of the blocks in the results of tools, in which a client may have written anything. */
export function countMarks(blocks: unknown): number {
  if (!Array.isArray(blocks)) return 0
  return (blocks as readonly unknown[]).reduce<number>((sum, block) => {
    const { cache_control: mark, content } = fieldsOf(block) ?? {}
    return sum + (mark == null ? 0 : 1) + countMarks(content)
  }, 0)
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
  const shortened = (list: readonly unknown[]): readonly unknown[] =>
    list.map(block => {
      const fields = left === 0 ? undefined : fieldsOf(block)
      if (!fields) return block
      const { content } = fields
      const inner = Array.isArray(content) ? shortened(content) : content
      const changed = inner === content ? fields : { ...fields, content: inner }
      if (left === 0 || fields['cache_control'] == null) return changed
      left -= 1
      const { cache_control: _mark, ...rest } = changed
      return rest
    })
  return shortened(blocks) as readonly T[]
}
