import { fieldsOf, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { messagesTool } from './schema.ts'
import type { CountBody, MessagesTool } from './schema.ts'

/** The types of blocks that change the tools in the course of a conversation. They say nothing by themselves. */
const toolChanges: ReadonlySet<unknown> = new Set(['tool_addition', 'tool_removal'])

/**
 * The tools that are offered at the end of a conversation: those of the request, without those that it has withdrawn, and
 * with those that it has added. Tools of MCP servers are left to Anthropic, and so is what cannot be read.
 */
export function offeredTools({ tools, messages }: CountBody): readonly MessagesTool[] | null | undefined {
  const changes = messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .flatMap(changesIn)
  if (changes.length === 0) return tools
  const known = new Map<unknown, MessagesTool>((tools ?? []).map(tool => [tool.name ?? tool, tool]))
  const offered = new Map(known)
  for (const { type, tool: given } of changes) {
    const { type: kind, name, definition } = fieldsOf(given) ?? {}
    const defined = kind === 'tool_definition' ? messagesTool.safeParse(definition).data : undefined
    if (defined?.name) known.set(defined.name, defined)
    const named = defined?.name ?? (kind === 'tool_reference' ? wordsOf(name) : undefined)
    const tool = known.get(named)
    if (!tool) continue
    if (type === 'tool_addition') offered.set(named, tool)
    else offered.delete(named)
  }
  return [...offered.values()]
}

/** The changes that a block makes: its own, or those that a summary of earlier turns keeps. */
function changesIn(block: Fields): readonly Fields[] {
  if (toolChanges.has(block['type'])) return [block]
  const kept: unknown = block['type'] === 'compaction' ? block['tool_changes'] : undefined
  const changes: readonly unknown[] = Array.isArray(kept) ? kept : []
  return changes.map(fieldsOf).filter(change => change !== undefined)
}
