import { fieldsOf, textOrNull, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { countOf } from '../../chat/read/usage.ts'
import { argumentsOf, isSaid, withNamedArguments } from '../../chat/read/tool-calls.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'
import { newCallId } from '../../chat/read/call-id.ts'
import type { Block } from './content-from-chat.ts'

/**
 * A content block of an answer, whole or at its start, with the types that clients rely on; blocks of the service's own
 * tools stay as they are. The block itself if it is valid. Throws `UnreadableAnswer`.
 */
export function readBlock(value: unknown): Block {
  const block = fieldsOf(value)
  const type = wordsOf(block?.['type'])
  if (!block || type === undefined) throw new UnreadableAnswer('sent a content block without a type')
  return withFields(block, fieldsWithTypes(type, block)) as Block
}

function fieldsWithTypes(type: string, block: Fields): Fields {
  switch (type) {
    case 'text':
      return { text: textIn(block, 'text'), citations: listOrNothing(block['citations']) }
    case 'thinking':
      return { thinking: textIn(block, 'thinking'), signature: textIn(block, 'signature') }
    case 'redacted_thinking':
      return { data: textIn(block, 'data') }
    case 'tool_use':
      return {
        id: wordsOf(block['id']) ?? newCallId(),
        name: nameIn(block),
        input: inputIn(block),
        arguments: undefined,
        parameters: undefined,
      }
    default:
      return {}
  }
}

/** A text; null or absence means that it is empty. */
export function textIn(fields: Fields, name: string): string {
  const text = textOrNull(fields[name] ?? null)
  if (text === undefined) throw new UnreadableAnswer(`sent a ${name} that is no text`)
  return text ?? ''
}

function nameIn({ name }: Fields): string {
  const words = wordsOf(name)
  if (words === undefined) throw new UnreadableAnswer('sent a tool call without a name')
  return words
}

/** The input of a call, which some services name and write as other APIs do: the text of an object. */
function inputIn(block: Fields): Fields {
  const sent = block['input']
  const input = (isSaid(sent) ? sent : withNamedArguments(block)['arguments']) ?? {}
  const fields = fieldsOf(typeof input === 'string' ? jsonOrUndefined(argumentsOf(input)) : input)
  if (!fields) throw new UnreadableAnswer('sent a tool call whose input is no object')
  return fields
}

function listOrNothing(value: unknown): unknown {
  return Array.isArray(value) ? value : undefined
}

/** Usage with valid numbers, also from chat's names for them; undefined for anything but an object. */
export function readUsage(value: unknown): Fields | undefined {
  const usage = fieldsOf(value)
  if (!usage) return undefined
  const figures: Record<string, unknown> = {}
  for (const name of figureNames) {
    const figure = usage[name] ?? usage[chatNames.get(name) ?? name] ?? usage[name]
    figures[name] = figure === null ? null : countOf(figure)
  }
  const details = usage['output_tokens_details']
  return withFields(usage, { ...figures, output_tokens_details: fieldsOf(details) ?? details ?? undefined })
}

const chatNames: ReadonlyMap<string, string> = new Map([
  ['input_tokens', 'prompt_tokens'],
  ['output_tokens', 'completion_tokens'],
])

const figureNames = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
] as const
