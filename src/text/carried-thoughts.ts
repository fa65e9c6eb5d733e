import { parseJson } from './json/parse.ts'

/** Prefix of thoughts packed as a signature; no service's own signature begins with it. */
const mark = 'hulumanage1.'
/** Maximum characters of packed thoughts; longer ones are lost, and the next turn begins without them. */
const maxLength = 1024 * 1024

/** Fields of an assistant message in which services sign or seal thoughts that they want back. */
const fields = ['thinking_blocks', 'reasoning_details', 'reasoning_items', 'extra_content'] as const

/**
 * Signed or sealed thoughts of one answer, by the field of a chat message that has them. Each field is a list here, even
 * `extra_content`, of which a message has one.
 */
export type Thoughts = Readonly<Partial<Record<(typeof fields)[number], readonly object[]>>>

/**
 * Thoughts as one text, for a field that the clients of other formats return unread: the signature of thinking in
 * Messages, the encrypted content of reasoning in Responses. Empty without thoughts, or with too many.
 */
export function packThoughts(thoughts: Thoughts): string {
  const kept = fields.filter(field => thoughts[field]?.length).map(field => [field, thoughts[field]])
  if (kept.length === 0) return ''
  const text = Buffer.from(JSON.stringify(Object.fromEntries(kept))).toString('base64url')
  return text.length > maxLength ? '' : mark + text
}

/** Whether a signature is one of our packed texts, not a service's own. */
export function isPacked(signature: unknown): signature is string {
  return typeof signature === 'string' && signature.startsWith(mark)
}

/** The thoughts in one of our packed texts; none in any other, or in one that a client has changed. */
export function readThoughts(signature: unknown): Thoughts {
  if (!isPacked(signature) || signature.length > mark.length + maxLength) return {}
  try {
    const text = Buffer.from(signature.slice(mark.length), 'base64url').toString('utf8')
    const value = parseJson(text) as Readonly<Record<string, unknown>> | null
    const lists = fields.map(field => [field, listOf(value?.[field])] as const)
    return Object.fromEntries(lists.filter(([, list]) => list.length > 0))
  } catch {
    return {}
  }
}

/** The thoughts as fields of a chat message. */
export function thoughtFields({ extra_content: extra, ...lists }: Thoughts): object {
  const last = extra?.at(-1)
  return last ? { ...lists, extra_content: last } : lists
}

/** Both, one after the other. */
export function joinThoughts(before: Thoughts, next: Thoughts): Thoughts {
  const lists = fields.map(field => [field, [...(before[field] ?? []), ...(next[field] ?? [])]] as const)
  return Object.fromEntries(lists.filter(([, list]) => list.length > 0))
}

function listOf(value: unknown): readonly object[] {
  if (!Array.isArray(value)) return []
  return value.filter((one): one is object => typeof one === 'object' && one !== null && !Array.isArray(one))
}
