import { z } from 'zod'
import { anything, callShape, toolShape } from './compatible-shape.ts'
import { nameOfFunction } from './openai-shape.ts'
import { entryOf, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json } from './shape.ts'
import { callsOf, pairingViolations } from './tool-turns.ts'
import type { Turn } from './tool-turns.ts'

/** https://github.com/mistralai/mistral-common, MistralRequestValidatorV3 */
const idOfCall = z.string().regex(/^[a-zA-Z0-9]{9}$/, 'an id of a call has 9 letters or digits')

const chunks = z.array(
  z.looseObject({
    type: z.enum(['text', 'image_url', 'document_url', 'reference', 'file', 'thinking', 'input_audio']),
  }),
)
const content = z.union([z.string(), chunks])

/** Closed: https://github.com/charmbracelet/crush/issues/1590, https://github.com/BerriAI/litellm/issues/30835 */
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content }),
  z.strictObject({ role: z.literal('user'), content }),
  z.strictObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    prefix: z.boolean().optional(),
    tool_calls: z.array(callShape(idOfCall, nameOfFunction, { index: z.int().optional() })).nullish(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    content: content.nullable(),
    name: z.string().nullish(),
    tool_call_id: idOfCall,
  }),
])

/** The fields of https://github.com/mistralai/client-python, ChatCompletionRequest; others are forbidden, stream_options too. */
const requestShape = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  frequency_penalty: z.number().nullish(),
  guardrails: anything,
  max_tokens: z.int().min(0).nullish(),
  metadata: anything,
  n: z.int().min(1).nullish(),
  parallel_tool_calls: z.boolean().optional(),
  prediction: anything,
  presence_penalty: z.number().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_mode: anything,
  random_seed: z.int().min(0).nullish(),
  reasoning_effort: z.string().nullish(),
  response_format: anything,
  safe_prompt: z.boolean().optional(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1.5).nullish(),
  tool_choice: anything,
  tools: z.array(toolShape(nameOfFunction)).nullish(),
  top_p: z.number().nullish(),
})

/** Lists what Mistral would refuse in a request. */
export function mistralViolations(body: unknown): string[] {
  const shape = shapeViolations(requestShape, body)
  if (!isObject(body)) return shape
  const turns = objectsOf(body['messages'])
  return [
    ...shape,
    ...pairingViolations(turns),
    ...turns.flatMap((turn, at) => orderViolations(turn, turns[at - 1]?.[1])),
    ...turns.flatMap(([index, message]) => saysNothing(message, index)),
    ...lastTurn(turns.at(-1)),
  ]
}

/**
 * The roles that may follow each role. https://github.com/mistralai/mistral-common,
 * https://github.com/avante-corp/avante.nvim/pull/2695
 */
const followers: Readonly<Record<string, readonly string[]>> = {
  system: ['system', 'user', 'assistant'],
  user: ['user', 'assistant', 'system'],
  assistant: ['assistant', 'user', 'tool'],
  tool: ['assistant', 'tool'],
}

function orderViolations([index, { role }]: Turn, before: Json | undefined): string[] {
  const allowed = entryOf(followers, before?.['role'])
  if (!allowed || allowed.includes(String(role))) return []
  return [
    violation(['messages', index, 'role'], `${String(role)} must not follow ${String(before?.['role'])}`),
  ]
}

/** https://github.com/mistralai/mistral-common, the check of assistant messages */
function saysNothing(message: Json, index: number): string[] {
  const { role, content } = message
  const says = typeof content === 'string' ? content !== '' : Array.isArray(content) && content.length > 0
  if (role !== 'assistant' || says || callsOf(message).length > 0) return []
  return [violation(['messages', index], 'a turn of the assistant needs content or calls')]
}

/** https://github.com/diegosouzapw/OmniRoute/pull/3409 */
function lastTurn(last: Turn | undefined): string[] {
  const [index, message] = last ?? [0, {}]
  if (message['role'] !== 'assistant' || message['prefix'] === true) return []
  return [violation(['messages', index, 'role'], 'the last turn is of a user or a tool, or a prefix')]
}
