import type { Fields } from '../../../chat/read/fields.ts'
import { maxCalls, objectCalls } from './object-calls.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'
import type { Reader } from './reader.ts'
import type { Offered, TextCall } from './text-call.ts'
import { typedText } from './typed-value.ts'

/** A form in which models write calls. */
export interface Form {
  readonly opening: string
  /** Whether templates write it right behind the text, without a line break. */
  readonly isDirect?: boolean
  /** The calls behind the opening; undefined unless all are whole and call functions that are offered, and beyond `maxCalls`. */
  readonly read: (reader: Reader, offered: Offered) => readonly TextCall[] | undefined
}

/** The bars around DeepSeek's `DSML`, as its models and gateways write them. */
const bars = ['｜', '｜｜', '‖', '|', '||']
const dsml = bars.map(bar => `${bar}DSML${bar}`)

/** The forms of open models, each from its chat template, and as servers without a parser for it have been seen to pass it on. */
export const forms: readonly Form[] = [
  // Hermes and Qwen, Qwen3-Coder, GLM
  { opening: '<tool_call>', read: insideToolCall },
  // Qwen3-Coder often leaves out the tag around it.
  { opening: '<function=', read: (reader, offered) => one(functionTag(reader, offered)) },
  // Granite
  { opening: '<|tool_call|>', read: (reader, offered) => objectCalls(reader, offered) },
  // Llama 4 and 3
  {
    opening: '<|python_start|>',
    read: (reader, offered) => objectCalls(reader, offered, { end: '<|python_end|>', separator: ';' }),
  },
  {
    opening: '<|python_tag|>',
    read: (reader, offered) => objectCalls(reader, offered, { separator: ';' }),
  },
  // Mistral
  { opening: '[TOOL_CALLS]', isDirect: true, read: mistralCalls },
  // DeepSeek V3 and R1
  { opening: '<｜tool▁calls▁begin｜>', isDirect: true, read: deepseekCalls },
  // Kimi
  { opening: '<|tool_calls_section_begin|>', isDirect: true, read: kimiSection },
  {
    opening: '<|tool_call_begin|>',
    isDirect: true,
    read: (reader, offered) => one(kimiCall(reader, offered)),
  },
  // DeepSeek since V3.2
  ...dsml.flatMap(prefix => ['tool_calls', 'function_calls'].map(name => invocations(name, prefix))),
  // The same as other servers write it, and MiniMax
  invocations('function_calls'),
  invocations('minimax:tool_call'),
]

function one(call: TextCall | undefined): readonly TextCall[] | undefined {
  return call && [call]
}

function insideToolCall(reader: Reader, offered: Offered): readonly TextCall[] | undefined {
  const start = reader.skipSpace().at
  if (reader.takes('<function=')) {
    const call = functionTag(reader, offered)
    return call && reader.skipSpace().closes('</tool_call>') ? [call] : undefined
  }
  if (!/[[{]/.test(reader.text.charAt(start))) return one(taggedArguments(reader, offered))
  return objectCalls(reader, offered, { end: '</tool_call>' })
}

/** `NAME>`, a tag for each parameter, and `</function>`. */
function functionTag(reader: Reader, offered: Offered): TextCall | undefined {
  const name = reader.oneOf(offered)
  if (name === undefined || !reader.takes('>')) return undefined
  const values: [string, string][] = []
  while (reader.skipSpace().takes('<parameter=')) {
    const key = reader.until('>')
    const value = key === undefined ? undefined : reader.until('</parameter>')
    if (key === undefined || value === undefined) return undefined
    // The template sets each value on lines of its own.
    values.push([key, typedText(value.replace(/^\n/, '').replace(/\n$/, ''), offered.get(name)!, key)])
  }
  return reader.takes('</function>') ? { name, arguments: objectOf(values) } : undefined
}

/** GLM's: the name, then pairs of a key and a value, each in a tag. */
function taggedArguments(reader: Reader, offered: Offered): TextCall | undefined {
  const name = reader.oneOf(offered)
  if (name === undefined) return undefined
  const values: [string, string][] = []
  while (reader.skipSpace().takes('<arg_key>')) {
    const key = reader.until('</arg_key>')?.trim()
    const hasValue = key !== undefined && reader.skipSpace().takes('<arg_value>')
    const value = hasValue ? reader.until('</arg_value>') : undefined
    if (key === undefined || value === undefined) return undefined
    values.push([key, typedText(value, offered.get(name)!, key)])
  }
  return reader.takes('</tool_call>') ? { name, arguments: objectOf(values) } : undefined
}

/** A list of objects, or a name and the object of its arguments. */
function mistralCalls(reader: Reader, offered: Offered): readonly TextCall[] | undefined {
  if (/[[{]/.test(reader.text.charAt(reader.skipSpace().at))) return objectCalls(reader, offered)
  const name = reader.oneOf(offered)
  if (name === undefined) return undefined
  if (reader.takes('[CALL_ID]')) reader.oneOf(new Map())
  reader.takes('[ARGS]')
  return one(withObject(name, reader))
}

function deepseekCalls(reader: Reader, offered: Offered): readonly TextCall[] | undefined {
  const calls: TextCall[] = []
  while (reader.skipSpace().takes('<｜tool▁call▁begin｜>')) {
    // Up to V3-0324, a kind comes before the name, and the arguments are in a fence.
    const isFenced = reader.takes('function<｜tool▁sep｜>')
    const name = reader.oneOf(offered)
    const follows = isFenced ? reader.skipSpace().takes('```json') : reader.takes('<｜tool▁sep｜>')
    const call = name !== undefined && follows ? withObject(name, reader) : undefined
    if (!call || (isFenced && !reader.skipSpace().takes('```'))) return undefined
    if (!reader.skipSpace().closes('<｜tool▁call▁end｜>')) return undefined
    if (calls.push(call) > maxCalls) return undefined
  }
  return calls.length > 0 && reader.closes('<｜tool▁calls▁end｜>') ? calls : undefined
}

function kimiSection(reader: Reader, offered: Offered): readonly TextCall[] | undefined {
  const calls: TextCall[] = []
  while (reader.skipSpace().takes('<|tool_call_begin|>')) {
    const call = kimiCall(reader, offered)
    if (!call) return undefined
    if (calls.push(call) > maxCalls) return undefined
  }
  return calls.length > 0 && reader.closes('<|tool_calls_section_end|>') ? calls : undefined
}

/** `functions.NAME:INDEX`, and the object of the arguments. */
function kimiCall(reader: Reader, offered: Offered): TextCall | undefined {
  reader.skipSpace().takes('functions.')
  const name = reader.oneOf(offered)
  if (name === undefined) return undefined
  if (reader.takes(':')) reader.skipDigits()
  const call = reader.skipSpace().takes('<|tool_call_argument_begin|>') ? withObject(name, reader) : undefined
  return call && reader.skipSpace().closes('<|tool_call_end|>') ? call : undefined
}

function withObject(name: string, reader: Reader): TextCall | undefined {
  const object = reader.object()
  return object && { name, arguments: object.text }
}

/** Calls in `invoke` tags, with a `parameter` tag for each value. */
function invocations(outer: string, prefix = ''): Form {
  const opening = `<${prefix}${outer}>`
  const end = (name: string): string => `</${prefix}${name}>`
  const read = (reader: Reader, offered: Offered): readonly TextCall[] | undefined => {
    const calls: TextCall[] = []
    while (reader.skipSpace().takes(`<${prefix}invoke name="`)) {
      const name = reader.oneOf(offered)
      if (name === undefined || !reader.takes('">')) return undefined
      const values: [string, string][] = []
      while (reader.skipSpace().takes(`<${prefix}parameter name="`)) {
        const key = reader.until('"')
        const isText = key === undefined ? undefined : reader.until('>')
        const value = isText === undefined ? undefined : reader.until(end('parameter'))
        if (key === undefined || isText === undefined || value === undefined) return undefined
        values.push([key, statedText(value, isText, offered.get(name)!, key)])
      }
      if (!reader.takes(end('invoke'))) return undefined
      if (calls.push({ name, arguments: objectOf(values) }) > maxCalls) return undefined
    }
    return calls.length > 0 && reader.closes(end(outer)) ? calls : undefined
  }
  return { opening, read }
}

/** DeepSeek states whether a value is a text, and otherwise writes JSON. */
function statedText(value: string, attributes: string, parameters: Fields, key: string): string {
  if (attributes.includes('string="true"')) return JSON.stringify(value)
  const isJson = attributes.includes('string="false"') && jsonOrUndefined(value) !== undefined
  return isJson ? value.trim() : typedText(value, parameters, key)
}

/** The text of an object from the JSON of its values; the last one counts if two have the same name. */
function objectOf(values: readonly (readonly [string, string])[]): string {
  return `{${[...new Map(values)].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
}
