/** A piece of text in an event of a stream. Pieces with the same role, place and choice follow each other. */
export interface Piece {
  readonly role: 'assistant' | 'thinking' | 'refusal' | 'call'
  /** The index of the block, item or call. */
  readonly place: number
  readonly choice: number
  readonly text: string
}

type Fields = Readonly<Record<string, unknown>>

/** The pieces of text in an event of chat completions, or of the Messages or Responses API. */
export function piecesOf(event: unknown): readonly Piece[] {
  const fields = fieldsOf(event)
  const { choices, type } = fields
  if (Array.isArray(choices)) return (choices as readonly unknown[]).flatMap(piecesOfChoice)
  if (typeof type !== 'string') return []
  return type.startsWith('response.') ? piecesOfResponses(type, fields) : piecesOfMessages(type, fields)
}

function piecesOfChoice(value: unknown): Piece[] {
  const { index, delta: given, text } = fieldsOf(value)
  const delta = fieldsOf(given)
  const { content, refusal, reasoning_content: thoughts, reasoning, tool_calls: calls } = delta
  const choice = numberOf(index)
  return [
    ...piece('thinking', thoughts ?? reasoning, choice),
    ...piece('assistant', content ?? text, choice),
    ...piece('refusal', refusal, choice),
    ...(Array.isArray(calls) ? (calls as readonly unknown[]) : []).flatMap((call, position) => {
      const { index: place, function: called } = fieldsOf(call)
      const { name, arguments: args } = fieldsOf(called)
      const at = numberOf(place, position)
      return [...piece('call', named(name), choice, at), ...piece('call', args, choice, at)]
    }),
  ]
}

function piecesOfMessages(type: string, { index, delta: given, content_block: block }: Fields): Piece[] {
  const place = numberOf(index)
  if (type === 'content_block_start') return piece('call', named(fieldsOf(block)['name']), 0, place)
  if (type !== 'content_block_delta') return []
  const { text, thinking, partial_json: json } = fieldsOf(given)
  return [
    ...piece('assistant', text, 0, place),
    ...piece('thinking', thinking, 0, place),
    ...piece('call', json, 0, place),
  ]
}

const roles: Readonly<Record<string, Piece['role']>> = {
  'response.output_text.delta': 'assistant',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'thinking',
  'response.reasoning_summary_text.delta': 'thinking',
  'response.function_call_arguments.delta': 'call',
}

function piecesOfResponses(type: string, { output_index: index, delta, item }: Fields): Piece[] {
  const place = numberOf(index)
  if (type === 'response.output_item.added') return piece('call', named(fieldsOf(item)['name']), 0, place)
  const role = roles[type]
  return role ? piece(role, delta, 0, place) : []
}

function piece(role: Piece['role'], text: unknown, choice: number, place = 0): Piece[] {
  return typeof text === 'string' && text !== '' ? [{ role, place, choice, text }] : []
}

/** The name of a tool, before its arguments. */
function named(name: unknown): string {
  return typeof name === 'string' && name !== '' ? `${name} ` : ''
}

function numberOf(value: unknown, other = 0): number {
  return Number.isSafeInteger(value) ? (value as number) : other
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
