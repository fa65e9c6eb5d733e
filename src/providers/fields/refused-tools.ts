import type { Body } from './hint.ts'

/** Messages of services that know tools of some types only. */
const unknownType =
  /\bunknown variant\b|\b(?:unsupported|unknown|invalid) tool type\b|\b(?:hosted tool|tool type)\b.{0,80}\bnot supported\b/is
/** Messages of those that know functions alone, and may not say which other type they met. "Function calls with a schema" is another matter. */
const functionsAlone = /\btools?\b.{0,80}\b(?:must|should) be ['"`]?function\b(?!['"`]?\s?\w)/is

const prefix = 'tools of type '

/**
 * The name of the first tool type that a service does not know, according to its error, and that a body offers: types other
 * than functions run on servers, or are the client's own with a schema that only some services have. Undefined if the error
 * is about anything else, or the body forces a tool of this type.
 */
export function refusedToolType(message: string, sent: () => object): string | undefined {
  const takesFunctions = functionsAlone.test(message)
  if (!takesFunctions && !unknownType.test(message)) return undefined
  const { tools, tool_choice: choice } = sent() as Body
  const types = typesOf(tools)
  const named = types.find(type => isNamed(type, message))
  const refused = named ?? (takesFunctions ? types[0] : undefined)
  if (refused === undefined || typeOf(choice) === refused) return undefined
  return `${prefix}${refused}`
}

/** The body without tools of types that the service has refused; the same object if it offers none of them. */
export function withoutToolTypes<T extends Body>(body: T, dropped: ReadonlySet<string>): T | Body {
  const { tools } = body
  if (!Array.isArray(tools)) return body
  const kept = (tools as readonly unknown[]).filter(tool => !dropped.has(`${prefix}${typeOf(tool) ?? ''}`))
  const { tools: _tools, tool_choice: choice, ...rest } = body
  if (kept.length === tools.length || dropped.has(`${prefix}${typeOf(choice) ?? ''}`)) return body
  if (kept.length > 0) return { ...body, tools: kept }
  // Without tools, no service takes a choice of them.
  return choice === undefined || typeof choice === 'string' ? rest : body
}

function typesOf(tools: unknown): readonly string[] {
  if (!Array.isArray(tools)) return []
  const types = (tools as readonly unknown[]).flatMap(tool => typeOf(tool) ?? [])
  return types.filter(type => type !== 'function' && type !== 'custom')
}

function typeOf(tool: unknown): string | undefined {
  const type = (tool as { readonly type?: unknown } | null)?.type
  return typeof type === 'string' && type !== '' ? type : undefined
}

/** Whether a message is about a type. Behind it, some services list those that they know. */
function isNamed(type: string, message: string): boolean {
  const [before = ''] = message.split(/\b(?:expected|must be|should be)\b/i, 1)
  return [`'${type}'`, `"${type}"`, `\`${type}\``, `: ${type}`].some(name => before.includes(name))
}
