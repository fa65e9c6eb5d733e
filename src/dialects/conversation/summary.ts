import { fieldsOf, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'

/** Prefix of a summary packed as the encrypted content of a compaction; no service's own begins with it. */
const mark = 'hulumanage_summary1.'

const compactions: ReadonlySet<unknown> = new Set(['compaction', 'compaction_summary', 'context_compaction'])

/** A summary of a conversation as the text of a compaction, which clients send back unread. */
export function packSummary(summary: string): string {
  return mark + Buffer.from(summary).toString('base64url')
}

/** An item of Responses, or the message with the summary if it is a compaction of ours, which no service could read. */
export function withReadableSummary(item: unknown): unknown {
  const fields = fieldsOf(item)
  if (!fields || !compactions.has(fields['type'])) return item
  const sealed = wordsOf(fields['encrypted_content']) ?? ''
  if (!sealed.startsWith(mark)) return item
  return messageWith(Buffer.from(sealed.slice(mark.length), 'base64url').toString('utf8'))
}

function messageWith(summary: string): Fields {
  const text = `The conversation before this message, in short:\n\n<summary>\n${summary}\n</summary>\n\nContinue from there.`
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
}
