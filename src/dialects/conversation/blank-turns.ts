import { fieldsOf, readList, withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'

/**
 * A body of the Messages API without texts that say nothing and without earlier turns of nothing else, both of which Anthropic
 * refuses; the same body if it had none. Turns between which one is left out become one, so that the sides alternate.
 */
export function withoutBlankTurns(body: Fields): Fields {
  const { messages } = body
  if (!Array.isArray(messages)) return body
  const last: unknown = messages.at(-1)
  const spoken = readList(messages, turn => withoutBlanks(turn, turn === last))
  return withFields(body, { messages: spoken.length === messages.length ? spoken : joined(spoken) })
}

function withoutBlanks(turn: unknown, isLast: boolean): unknown {
  const fields = fieldsOf(turn)
  if (fields?.['role'] !== 'user' && fields?.['role'] !== 'assistant') return turn ?? null
  const { content } = fields
  const kept = Array.isArray(content)
    ? readList(content, block => (isBlankBlock(block) ? undefined : block))
    : content
  const isNothing = isBlank(kept) || (Array.isArray(kept) && kept.length === 0)
  if (isNothing) return isLast ? turn : undefined
  return withFields(fields, { content: kept })
}

function isBlankBlock(block: unknown): boolean {
  const fields = fieldsOf(block)
  return fields?.['type'] === 'text' && isBlank(fields['text'])
}

function isBlank(text: unknown): boolean {
  return text == null || (typeof text === 'string' && text.trim() === '')
}

function joined(turns: readonly unknown[]): readonly unknown[] {
  const all: unknown[] = []
  for (const turn of turns) {
    const [before, next] = [fieldsOf(all.at(-1)), fieldsOf(turn)]
    const isSame = before && next && next['role'] !== 'system' && before['role'] === next['role']
    if (isSame)
      all[all.length - 1] = {
        ...before,
        content: [...blocksIn(before['content']), ...blocksIn(next['content'])],
      }
    else all.push(turn)
  }
  return all
}

function blocksIn(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content
  return typeof content === 'string' && !isBlank(content) ? [{ type: 'text', text: content }] : []
}
