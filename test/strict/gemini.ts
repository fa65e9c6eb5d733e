import { z } from 'zod'
import { arraysWithoutItems } from './json-schema.ts'
import { anything, callShape, toolShape } from './compatible-shape.ts'
import { isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json } from './shape.ts'
import { callsOf, functionOf, pairingViolations } from './tool-turns.ts'
import type { Turn } from './tool-turns.ts'

/** https://github.com/cline/cline/issues/7339 */
const nameOfFunction = z
  .string()
  .regex(
    /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
    'a name begins with a letter or underscore, 64 characters at most',
  )

/**
 * Unknown fields are refused. Reports name store and metadata (https://github.com/ed-donner/agents/issues/45),
 * prompt_cache_key (https://github.com/leookun/cursor-byok/issues/112), frequency_penalty, reasoning and top_k
 * (https://github.com/MinLL/SkyrimNet-GamePlugin/issues/77), google
 * (https://github.com/Alishahryar1/free-claude-code/issues/542) and, in many reports, seed. Known:
 * https://ai.google.dev/gemini-api/docs/openai
 */
const requestShape = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']) }))
    .min(1),
  audio: anything,
  extra_body: anything,
  logprobs: anything,
  max_completion_tokens: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  modalities: anything,
  n: z.int().min(1).max(8).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  presence_penalty: z.number().nullish(),
  reasoning_effort: z.string().nullish(),
  response_format: anything,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: anything,
  temperature: z.number().min(0).max(2).nullish(),
  tool_choice: anything,
  tools: z.array(toolShape(nameOfFunction)).nullish(),
  top_logprobs: anything,
  top_p: z.number().nullish(),
  user: anything,
})

const call = callShape(z.string().min(1), nameOfFunction, { extra_content: anything })

/** Lists what Gemini's endpoint for OpenAI clients would refuse in a request. */
export function geminiViolations(body: unknown): string[] {
  const shape = shapeViolations(requestShape, body)
  if (!isObject(body)) return shape
  const turns = objectsOf(body['messages'])
  const model = String(body['model'])
  return [
    ...shape,
    ...turns.flatMap(([index, message]) =>
      callsOf(message).flatMap(([at, each]) =>
        shapeViolations(call, each, ['messages', index, 'tool_calls', at]),
      ),
    ),
    ...nothingAsked(turns),
    ...namelessResults(turns),
    ...pairingViolations(turns),
    ...(/gemini-[3-9]/.test(model) ? [...unsignedCalls(turns), ...severalChoices(body)] : []),
    ...objectsOf(body['tools']).flatMap(([index, tool]) =>
      arraysWithoutItems(functionOf(tool)['parameters'], ['tools', index, 'function', 'parameters']),
    ),
  ]
}

/** "function_response.name: Name cannot be empty": https://github.com/vectorize-io/hindsight/pull/187 */
function namelessResults(turns: readonly Turn[]): string[] {
  return turns
    .filter(([, { role, name }]) => role === 'tool' && !name)
    .map(([index]) => violation(['messages', index, 'name'], 'Name cannot be empty'))
}

/**
 * A request with only system messages is refused: "contents is not specified".
 * https://ai.google.dev/api/generate-content
 */
function nothingAsked(turns: readonly Turn[]): string[] {
  const asked = turns.some(([, { role }]) => role !== 'system' && role !== 'developer')
  return asked || turns.length === 0
    ? []
    : [violation(['messages'], 'a message that is no system message is needed')]
}

/**
 * In the current turn, the first call of each step includes its signature.
 * https://ai.google.dev/gemini-api/docs/thought-signatures,
 * https://discuss.ai.google.dev/t/openai-api-compatibility-broken-due-to-thought-signature-on-gemini-3-pro-preview/109823
 */
function unsignedCalls(turns: readonly Turn[]): string[] {
  const asked = turns.findLastIndex(([, { role }]) => role === 'user')
  return turns.slice(asked + 1).flatMap(([index, message]) => {
    const [first] = callsOf(message)
    if (!first || signatureOf(first[1])) return []
    return [
      violation(
        ['messages', index, 'tool_calls', first[0]],
        'the call must bring back its thought_signature',
      ),
    ]
  })
}

function signatureOf(call: Json): unknown {
  const extra = isObject(call['extra_content']) ? call['extra_content'] : {}
  return isObject(extra['google']) ? extra['google']['thought_signature'] : undefined
}

/** https://github.com/googleapis/js-genai/issues/1609 */
function severalChoices({ n }: Json): string[] {
  return typeof n === 'number' && n > 1 ? [violation(['n'], 'this model gives one choice')] : []
}
