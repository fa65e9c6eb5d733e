import { arraysWithoutItems, saysType, strictSchemaViolations } from './json-schema.ts'
import { chatShape } from './openai-shape.ts'
import { modelViolations } from './openai-models.ts'
import { given, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'
import { functionOf, pairingViolations, toolsNeeded } from './tool-turns.ts'

/** Lists what OpenAI's chat completions would refuse in a request. */
export function openaiViolations(body: unknown): string[] {
  const shape = shapeViolations(chatShape, body)
  if (!isObject(body)) return shape
  const turns = objectsOf(body['messages'])
  return [
    ...shape,
    ...turns.flatMap(([index, message]) => saysNothing(message, index)),
    ...pairingViolations(turns),
    ...toolsNeeded(body, ['tool_choice', 'parallel_tool_calls']),
    ...fieldViolations(body),
    ...functionViolations(body['tools']),
    ...formatViolations(body),
    ...modelViolations(body),
  ]
}

/**
 * Checks the schemas of the functions that a request offers.
 * https://developers.openai.com/api/docs/guides/function-calling
 */
export function functionViolations(tools: unknown): string[] {
  return objectsOf(tools).flatMap(([index, tool]) => {
    const { parameters, strict } = functionOf(tool)
    return parametersViolations(parameters, strict, ['tools', index, 'function', 'parameters'])
  })
}

/** Checks the schema of one function: an object whose lists declare their items, and closed if `strict`. */
export function parametersViolations(parameters: unknown, strict: unknown, path: Path): string[] {
  if (!isObject(parameters)) return []
  if (strict === true) return strictSchemaViolations(parameters, path)
  const root = saysType(parameters, 'object') ? [] : [violation(path, 'a schema of a function is an object')]
  return [...root, ...arraysWithoutItems(parameters, path)]
}

/** https://github.com/openai/openai-openapi, ChatCompletionRequestAssistantMessage.content */
function saysNothing(message: Json, index: number): string[] {
  const says = ['content', 'tool_calls', 'function_call', 'audio', 'refusal']
  if (message['role'] !== 'assistant' || says.some(field => given(message[field]))) return []
  return [violation(['messages', index, 'content'], 'a turn without calls needs content')]
}

/** Checks fields that need others. https://github.com/openai/openai-openapi, CreateChatCompletionRequest */
function fieldViolations(body: Json): string[] {
  return [
    ...(given(body['stream_options']) && body['stream'] !== true
      ? [violation(['stream_options'], 'only allowed where stream is true')]
      : []),
    ...(given(body['top_logprobs']) && body['logprobs'] !== true
      ? [violation(['top_logprobs'], 'only allowed where logprobs is true')]
      : []),
    ...(given(body['max_tokens']) && given(body['max_completion_tokens'])
      ? [violation(['max_tokens'], 'not together with max_completion_tokens')]
      : []),
  ]
}

function formatViolations(body: Json): string[] {
  const format = isObject(body['response_format']) ? body['response_format'] : {}
  const { schema, strict } = isObject(format['json_schema']) ? format['json_schema'] : {}
  if (strict === true) return strictSchemaViolations(schema, ['response_format', 'json_schema', 'schema'])
  return format['type'] === 'json_object' ? jsonUnsaid(body) : []
}

/** https://platform.openai.com/docs/guides/structured-outputs#json-mode */
function jsonUnsaid(body: Json): string[] {
  if (
    JSON.stringify(body['messages'] ?? [])
      .toLowerCase()
      .includes('json')
  )
    return []
  return [violation(['response_format'], 'the messages must say the word json')]
}
