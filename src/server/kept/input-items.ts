import { z } from 'zod'
import { check, isObject } from '../../dialects/check.ts'

/** An item with an id, as OpenAI lists it. */
type Listed = Readonly<Record<string, unknown>> & { readonly id: string }

const query = z.looseObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
})

/** A page of the items that led to a response, in OpenAI's form. Throws `invalid_value` for a query that is out of range. */
export function listInputItems(responseId: string, input: readonly unknown[], asked: unknown): object {
  const { limit, order, after } = check(query, asked)
  const items = input.filter(isObject).map((item, index) => listed(item, `${stemOf(responseId)}_${index}`))
  const ordered = order === 'asc' ? items : items.toReversed()
  const start = ordered.findIndex(({ id }) => id === after) + 1
  const data = ordered.slice(start, start + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  }
}

function stemOf(responseId: string): string {
  return responseId.replace(/^resp_/, 'in_')
}

function listed(item: Readonly<Record<string, unknown>>, stem: string): Listed {
  const type = typeof item['type'] === 'string' ? item['type'] : 'message'
  const id = typeof item['id'] === 'string' ? item['id'] : `${type === 'message' ? 'msg' : 'item'}_${stem}`
  if (type !== 'message') return { ...item, id, type }
  return { status: 'completed', ...item, id, type, content: partsOf(item) }
}

/** The content of a message as parts: a bare text is one. */
function partsOf({ role, content }: Readonly<Record<string, unknown>>): unknown {
  if (typeof content !== 'string') return content
  if (role === 'assistant') return [{ type: 'output_text', text: content, annotations: [] }]
  return [{ type: 'input_text', text: content }]
}
