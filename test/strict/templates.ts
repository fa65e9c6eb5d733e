import { given, isObject, objectsOf, violation } from './shape.ts'
import { callsOf, functionOf, repeatedRoles } from './tool-turns.ts'
import type { Turn } from './tool-turns.ts'

/** Lists what a server with a Qwen template would refuse, such as vLLM, SGLang or llama.cpp. */
export function qwenViolations(body: unknown): string[] {
  const turns = turnsOf(body)
  return [
    ...serverViolations(body, turns),
    ...systemFirst(turns),
    ...(turns.length > 0 && turns.every(([, { role }]) => role !== 'user')
      ? [violation(['messages'], 'a message of a user is needed')] // https://github.com/langgenius/dify/issues/33152
      : []),
  ]
}

/**
 * Lists what a template with strict turns would refuse, like those of Gemma and of older Mistral and Llama models: one
 * system message first, then user and assistant in turn. https://github.com/charmbracelet/crush/issues/279
 */
export function alternatingViolations(body: unknown): string[] {
  const turns = turnsOf(body)
  const spoken = turns.filter(
    ([, message]) => ['user', 'assistant'].includes(String(message['role'])) && callsOf(message).length === 0,
  )
  return [
    ...serverViolations(body, turns),
    ...systemFirst(turns),
    ...(spoken.length > 0 && spoken[0]![1]['role'] !== 'user'
      ? [violation(['messages', spoken[0]![0], 'role'], "the first turn is the user's")]
      : []),
    ...repeatedRoles(spoken, ['user', 'assistant']).map(index =>
      violation(['messages', index, 'role'], 'turns of user and assistant alternate'),
    ),
  ]
}

function turnsOf(body: unknown): Turn[] {
  return objectsOf(isObject(body) ? body['messages'] : [])
}

/** Lists what servers refuse whatever the template: they pass arguments to it as an object and know four roles. */
function serverViolations(body: unknown, turns: readonly Turn[]): string[] {
  if (!isObject(body)) return [violation([], 'must be an object')]
  return [
    ...turns.flatMap(([index, { role }]) =>
      ['system', 'user', 'assistant', 'tool'].includes(String(role))
        ? []
        : [violation(['messages', index, 'role'], 'the template does not know this role')],
    ),
    ...turns.flatMap(([index, message]) => callsWithoutObject(message, index)),
    ...turns.flatMap(([index, message]) => unreadable(message, index)),
    ...twoAtTheEnd(turns),
    ...(given(body['stream_options']) && body['stream'] !== true
      ? [violation(['stream_options'], 'only allowed where stream is true')] // https://github.com/vllm-project/vllm, ChatCompletionRequest
      : []),
  ]
}

/** https://github.com/QwenLM/Qwen3-Coder/issues/444, https://github.com/jundot/omlx/issues/854 */
function callsWithoutObject(message: Turn[1], index: number): string[] {
  return callsOf(message)
    .filter(([, call]) => !isObject(parsed(functionOf(call)['arguments'])))
    .map(([at]) =>
      violation(
        ['messages', index, 'tool_calls', at, 'function', 'arguments'],
        'must be the JSON of an object',
      ),
    )
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}

/**
 * Templates render strings and lists of parts; null is only for turns with calls. https://github.com/ggml-org/llama.cpp
 */
function unreadable(message: Turn[1], index: number): string[] {
  const { content } = message
  const written = typeof content === 'string' || Array.isArray(content)
  if (written || (!given(content) && callsOf(message).length > 0)) return []
  return [violation(['messages', index, 'content'], 'must be a string or a list of parts')]
}

/** https://github.com/ggml-org/llama.cpp, tools/server */
function twoAtTheEnd(turns: readonly Turn[]): string[] {
  const last = turns.slice(-2)
  return last.length === 2 && last.every(([, { role }]) => role === 'assistant')
    ? [violation(['messages', last[1]![0]], 'two turns of the assistant must not end the conversation')]
    : []
}

/** https://github.com/vllm-project/vllm/issues/41114, https://github.com/xinnan-tech/xiaozhi-esp32-server/issues/3282 */
function systemFirst(turns: readonly Turn[]): string[] {
  return turns
    .slice(1)
    .filter(([, { role }]) => role === 'system')
    .map(([index]) => violation(['messages', index, 'role'], 'a system message stands first and alone'))
}
