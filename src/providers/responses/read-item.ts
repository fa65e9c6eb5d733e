import { newCallId } from '../../chat/read/call-id.ts'
import { fieldsOf, readList, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { argumentsOf, isSaid, withNamedArguments } from '../../chat/read/tool-calls.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import type { OutputItem } from './answer.ts'

/**
 * An item of an answer with the types that clients rely on; items of the service's own tools stay as they are. The item
 * itself if it is valid. `isWhole`: whether it has ended. Throws `UnreadableAnswer`.
 */
export function readItem(value: unknown, isWhole: boolean): OutputItem {
  const item = fieldsOf(value)
  const type = wordsOf(item?.['type'])
  if (!item || type === undefined) throw new UnreadableAnswer('sent an item of output without a type')
  const id = item['id'] === undefined ? undefined : wordsOf(item['id'])
  return withFields(item, { id, ...fieldsWithTypes(type, item, isWhole) })
}

function fieldsWithTypes(type: string, item: Fields, isWhole: boolean): Fields {
  switch (type) {
    case 'message':
      return {
        role: 'assistant',
        content: readParts(item['content'], 'output_text', readMessagePart) ?? [],
        status: statusOf(item, isWhole),
      }
    case 'reasoning':
      return {
        summary: readParts(item['summary'], 'summary_text') ?? [],
        content: readParts(item['content'], 'reasoning_text'),
        status: wordsOf(item['status']),
      }
    case 'function_call':
      return {
        call_id: wordsOf(item['call_id']),
        name: wordsOf(item['name']) ?? '',
        arguments: readArguments(withNamedArguments(item)['arguments'], isWhole),
        parameters: undefined,
        status: statusOf(item, isWhole),
      }
    case 'custom_tool_call':
      return {
        call_id: wordsOf(item['call_id']),
        name: wordsOf(item['name']) ?? '',
        input: textOf(item, 'input'),
      }
    default:
      return {}
  }
}

/** The arguments of a call; before its end, an object without fields says nothing yet. */
function readArguments(value: unknown, isWhole: boolean): string {
  if (isWhole || (fieldsOf(value) && isSaid(value))) return argumentsOf(value)
  return fieldsOf(value) ? '' : textOf({ arguments: value }, 'arguments')
}

/** A list of parts; a text is one part of this type. */
function readParts(value: unknown, type: string, read = readPart): unknown {
  if (value == null) return value
  if (typeof value === 'string') return value === '' ? [] : [read({ type, text: value })]
  if (!Array.isArray(value)) throw new UnreadableAnswer('sent content that is no list of parts')
  return readList(value, part => (part === null ? undefined : read(part)))
}

/** A part of a message; some services give text the type that it has in chat. */
function readMessagePart(value: unknown): Fields {
  const part = fieldsOf(value)
  return readPart(part?.['type'] === 'text' ? { ...part, type: 'output_text' } : value)
}

/** A part of an item. Throws `UnreadableAnswer`. */
export function readPart(value: unknown): Fields {
  const part = fieldsOf(value)
  const type = wordsOf(part?.['type'])
  if (!part || type === undefined) throw new UnreadableAnswer('sent a part of an item without a type')
  if (type === 'refusal') return withFields(part, { refusal: textOf(part, 'refusal') })
  if (!/^(?:output|summary|reasoning)_text$/.test(type)) return part
  const annotations = part['annotations']
  const listed = Array.isArray(annotations) ? readList(annotations, fieldsOf) : []
  return withFields(part, {
    text: textOf(part, 'text'),
    ...(type === 'output_text' ? { annotations: listed } : {}),
  })
}

/** A text; null or absence means that it is empty. */
export function textOf(fields: Fields, name: string): string {
  const text = fields[name] ?? ''
  if (typeof text !== 'string') throw new UnreadableAnswer(`sent ${name} that is no text`)
  return text
}

/** Throws `UnreadableAnswer` for a call without a name, which a stream may have said before. */
export function checkNames(output: readonly OutputItem[]): void {
  if (output.some(({ name }) => name === '')) throw new UnreadableAnswer('sent a tool call without a name')
}

/** An item with the ids that clients rely on. */
export function withIds(item: OutputItem, position: number): OutputItem {
  const isCall = item.type === 'function_call' || item.type === 'custom_tool_call'
  const id = item.id ?? `item_${position}`
  return withFields(item as Fields, isCall ? { id, call_id: item.call_id ?? item.id ?? newCallId() } : { id })
}

function statusOf({ status }: Fields, isWhole: boolean): string {
  return wordsOf(status) ?? (isWhole ? 'completed' : 'in_progress')
}
