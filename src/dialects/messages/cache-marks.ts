import { countMarks, maxMarks } from '../../chat/notes/cache-marks.ts'
import { noteFile, notedFile } from '../../chat/notes/foreign-files.ts'
import type { ContentPart } from '../../contract/index.ts'
import type { ContentBlock, MessagesBody } from './schema.ts'

/** A part with the cache mark of its original block, for services that accept it. */
export function marked(part: ContentPart, { cache_control: mark }: ContentBlock): ContentPart {
  if (mark == null) return part
  const copy = { ...part, cache_control: mark }
  const file = notedFile(part)
  if (file) noteFile(copy, file)
  return copy
}

/**
 * Writes the mark of a whole request at the last block of the conversation, the end of the part that all calls of an
 * approach share.
 */
export function withLastMark(body: MessagesBody): MessagesBody {
  const { cache_control: mark, messages } = body
  const last = messages.at(-1)
  if (mark == null || !last || marksIn(body) >= maxMarks) return body
  const { content } = last
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  const block = blocks.at(-1)
  if (!block || block['cache_control'] != null || /thinking/.test(block.type)) return body
  const changed = { ...last, content: [...blocks.slice(0, -1), { ...block, cache_control: mark }] }
  return { ...body, messages: [...messages.slice(0, -1), changed] }
}

function marksIn({ system, tools, messages }: MessagesBody): number {
  return countMarks(system) + countMarks(tools) + countMarks(messages)
}
