import { fieldsOf } from '../../chat/read/fields.ts'
import type { Body } from './hint.ts'

/** Messages of services that know tools of some types only. */
const unknownType =
  /\bunknown variant\b|\b(?:unsupported|unknown|invalid) tool type\b|\b(?:hosted tool|tool type)\b.{0,80}\bnot supported\b|\bcustom tools?\b.{0,40}\b(?:not|n't) support|\binvalid value: ['"`]?tools\b/is
/** Messages of those that know functions alone, and may not say which other type they met. "Function calls with a schema" is another matter. */
const functionsAlone = /\btools?\b.{0,80}\b(?:must|should) be ['"`]?function\b(?!['"`]?\s?\w)/is
/**
 * The position of a tool whose type is refused: as the parameter of the error (LM Studio), as the place of the type in it
 * (Pydantic), or as the place of a tool that fits no type (Zod).
 */
const placed =
  /^tools(?:\.|\[)(\d+)\]?\.type |\btools\.(\d+)(?:\.(?!parameters|format)\w+)?\.type\b|'tools', (\d+),(?: '\w+',)? 'type'\)|\btools\.(\d+): invalid input\b/i
/** The position of a tool as the parameter of an error about any part of it. */
const placedAnyhow = /^tools(?:\.|\[)(\d+)\]? /
/** Words about the type of a tool that has been placed. */
const deniesType =
  /\b(?:unsupported|unknown|unrecogni[sz]ed|invalid) (?:tool )?type\b|\btypes?\b.{0,60}\b(?:not|n't) (?:supported|allowed|valid)\b/i
/** Messages of services that do not know the items of a history in which such tools are called. */
const unknownItem =
  /(?:\b(?:unknown|unsupported|unrecogni[sz]ed)\b(?! (?:arg|field|param|prop)).{0,60}\b|\binvalid value: ['"`]?)(custom|local_shell|shell|apply_patch|tool_search)(?:_tool)?_call/is

const prefix = 'tools of type '

/** Types of tools that can be offered as functions instead. */
const functional: ReadonlySet<string> = new Set([
  'apply_patch',
  'custom',
  'local_shell',
  'namespace',
  'shell',
  'tool_search',
])

/**
 * The name of the first tool type that a service does not know, according to its error, and that a body offers: types other
 * than functions run on servers, or are the client's own with a schema that only some services have. Undefined if the error
 * is about anything else, or the body forces a tool of this type that cannot be a function instead. `words`: the parameter
 * and the message of the error.
 */
export function refusedToolType(words: string, sent: () => object): string | undefined {
  const [, called] = unknownItem.exec(words) ?? []
  if (called !== undefined) return refusedCalls(`${prefix}${called.toLowerCase()}`, sent() as Body)
  const takesFunctions = functionsAlone.test(words)
  const saysType = takesFunctions || unknownType.test(words) || placed.test(words)
  if (!saysType && !placedAnyhow.test(words)) return undefined
  const { tools, tool_choice: choice } = sent() as Body
  const types = typesOf(tools)
  const named = typeAt(tools, words) ?? (saysType ? types.find(type => isNamed(type, words)) : undefined)
  const first = types.find(type => functional.has(type)) ?? types[0]
  const refused = named ?? (takesFunctions ? first : undefined)
  if (refused === undefined || (typeOf(choice) === refused && !functional.has(refused))) return undefined
  return `${prefix}${refused}`
}

function refusedCalls(name: string, sent: Body): string | undefined {
  return needsFunctions(sent, field => field === name) ? name : undefined
}

/** Whether a service refuses custom tools. `drops`: whether a field or part has been refused. */
export function refusesCustomTools(drops: (field: string) => boolean): boolean {
  return drops(`${prefix}custom`)
}

/** Whether a body of Responses offers or calls tools that its service has refused, and that can be functions instead. */
export function needsFunctions({ tools, input }: Body, drops: (field: string) => boolean): boolean {
  const refused = [...functional].filter(type => drops(prefix + type))
  if (refused.length === 0) return false
  const items: readonly unknown[] = Array.isArray(input) ? input : []
  const calls = refused.map(type => (type === 'custom' ? 'custom_tool_call' : `${type}_call`))
  const offered = [tools, ...items.map(item => fieldsOf(item)?.['tools'])].flatMap(typesOf)
  return (
    offered.some(type => refused.includes(type)) ||
    items.some(item => calls.some(call => typeOf(item)?.startsWith(call)))
  )
}

/**
 * The body without tools of types that the service has refused; the same object if it offers none of them. Those that can be
 * functions stay: a body that has them still can only be answered by this service, which then refuses it.
 */
export function withoutToolTypes<T extends Body>(body: T, dropped: ReadonlySet<string>): T | Body {
  const { tools } = body
  if (!Array.isArray(tools)) return body
  const isDropped = (type: string) => dropped.has(prefix + type) && !functional.has(type)
  const kept = (tools as readonly unknown[]).filter(tool => !typesOf([tool]).some(isDropped))
  const { tools: _tools, tool_choice: choice, ...rest } = body
  if (kept.length === tools.length || isDropped(typeOf(choice) ?? '')) return body
  if (kept.length > 0) return { ...body, tools: kept }
  // Without tools, no service takes a choice of them.
  return choice === undefined || typeof choice === 'string' ? rest : body
}

/** The types of tools other than functions. Those that Anthropic calls custom are functions, too. */
function typesOf(tools: unknown): readonly string[] {
  if (!Array.isArray(tools)) return []
  const others = (tools as readonly unknown[]).filter(tool => fieldsOf(tool)?.['input_schema'] === undefined)
  return others.flatMap(tool => typeOf(tool) ?? []).filter(type => type !== 'function')
}

function typeOf(tool: unknown): string | undefined {
  const type = fieldsOf(tool)?.['type']
  return typeof type === 'string' && type !== '' ? type : undefined
}

/** The type of the tool at the position that an error names; undefined for a function, and if the error is about another part. */
function typeAt(tools: unknown, words: string): string | undefined {
  const [, ...positions] = placed.exec(words) ?? placedAnyhow.exec(words) ?? []
  const position = positions.find(text => text !== undefined)
  if (position === undefined || !Array.isArray(tools)) return undefined
  const [type] = typesOf([tools[Number(position)]])
  if (type === undefined || [placed, unknownType, deniesType].some(form => form.test(words))) return type
  return words.toLowerCase().includes(`invalid value: '${type.toLowerCase()}'`) ? type : undefined
}

/** Whether a message is about a type. Behind it, some services list those that they know. */
function isNamed(type: string, message: string): boolean {
  const [before = ''] = message.split(/\b(?:expected|must be|should be)\b/i, 1)
  const name = type.replaceAll(/\W/g, String.raw`\$&`)
  const places = [
    `(['"\`])(?:tools\\.)?${name}\\1`,
    String.raw`: ${name}(?!\w)`,
    String.raw`tool type ${name} `,
    String.raw`(?<!\w)${name} tools`,
  ]
  return new RegExp(places.join('|'), 'i').test(before)
}
