import { fieldsOf } from '../../../chat/read/fields.ts'
import type { ChatRequest } from '../../../contract/index.ts'
import { allows, isObject, mapSchemas } from './walk.ts'
import type { Json } from './walk.ts'

/** Keywords that OpenAI does not know in a strict schema. */
const unknown = ['oneOf', 'allOf', 'not', 'if', 'patternProperties', 'dependentRequired', 'dependentSchemas']

/**
 * Asks for a strict schema only if it is one by OpenAI's rules, which refuses it otherwise: another service, whose client
 * wrote the request, allows optional properties. Returns the same object if nothing has to change.
 */
export function withStrictSchemasAlone(request: ChatRequest): ChatRequest {
  const { tools, response_format: given } = request
  const format = fieldsOf(given)
  const asked = fieldsOf(format?.['json_schema'])
  const loose = asked && isLoose(asked, asked['schema']) ? { ...asked, strict: false } : asked
  const offered = Array.isArray(tools) ? (tools as readonly unknown[]) : undefined
  const fitting = offered?.map(fittingTool)
  const isSame = loose === asked && (fitting?.every((tool, index) => tool === offered?.[index]) ?? true)
  if (isSame) return request
  return {
    ...request,
    ...(loose === asked ? {} : { response_format: { ...format, json_schema: loose } }),
    ...(fitting ? { tools: fitting } : {}),
  }
}

function fittingTool(tool: unknown): unknown {
  const called = fieldsOf(fieldsOf(tool)?.['function'])
  return called && isLoose(called, called['parameters'])
    ? { ...(tool as object), function: { ...called, strict: false } }
    : tool
}

function isLoose({ strict }: Json, schema: unknown): boolean {
  return strict === true && !isStrict(schema)
}

function isStrict(schema: unknown): boolean {
  if (!isObject(schema) || schema['type'] !== 'object') return false
  let strict = true
  mapSchemas(schema, each => {
    strict &&= isClosed(each) && unknown.every(keyword => each[keyword] === undefined)
    return each
  })
  return strict
}

function isClosed(schema: Json): boolean {
  if (!allows(schema, 'object')) return true
  const { properties, required, additionalProperties } = schema
  const needed = new Set<unknown>(Array.isArray(required) ? required : [])
  const names = Object.keys(isObject(properties) ? properties : {})
  return additionalProperties === false && names.every(name => needed.has(name))
}
