import { z } from 'zod'
import { parametersViolations } from './openai.ts'
import { anything } from './compatible-shape.ts'
import { nameOfFunction } from './openai-shape.ts'
import { given, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json } from './shape.ts'
import { callsOf, functionOf, pairingViolations, repeatedRoles } from './tool-turns.ts'
import type { Turn } from './tool-turns.ts'

const parts = z.array(
  z.discriminatedUnion('type', [z.looseObject({ type: z.literal('text'), text: z.string() })]),
)
const texts = z.union([z.string(), parts])

/** https://github.com/earendil-works/pi/issues/1048 (no developer), https://github.com/vercel/ai/issues/9179 (text only) */
const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'user']), content: texts }),
  z.looseObject({
    role: z.literal('assistant'),
    content: texts.nullish(),
    reasoning_content: z.string().nullish(),
    tool_calls: z
      .array(
        z.looseObject({
          id: z.string().min(1),
          type: z.literal('function'),
          function: z.looseObject({ name: nameOfFunction, arguments: z.string() }),
        }),
      )
      .min(1, 'an empty list is refused')
      .optional(),
  }),
  z.looseObject({ role: z.literal('tool'), content: texts, tool_call_id: z.string() }),
])

/** https://api-docs.deepseek.com/api/create-chat-completion; unknown fields are ignored. */
const requestShape = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  max_tokens: z.int().min(1).nullish(),
  response_format: z
    .looseObject({ type: z.enum(['text', 'json_object'], 'this type of format is not available') })
    .nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16, 'at most 16 stop sequences')]).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  thinking: z.looseObject({ type: z.enum(['enabled', 'disabled', 'adaptive']) }).nullish(),
  tool_choice: anything,
  tools: z
    .array(z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: nameOfFunction }) }))
    .min(1, 'an empty list is refused')
    .nullish(),
  top_p: z.number().max(1).nullish(),
})

/** Lists what DeepSeek would refuse in a request; its models think unless the request disables thinking. */
export function deepseekViolations(body: unknown): string[] {
  const shape = shapeViolations(requestShape, body)
  if (!isObject(body)) return shape
  const turns = objectsOf(body['messages'])
  return [
    ...shape,
    ...pairingViolations(turns),
    ...(thinks(body) ? [...thoughtless(turns), ...forced(body)] : []),
    ...jsonUnsaid(body),
    ...objectsOf(body['tools']).flatMap(([index, tool]) => {
      const path = ['tools', index, 'function', 'parameters']
      return parametersViolations(functionOf(tool)['parameters'], false, path)
    }),
  ]
}

/**
 * Lists what `deepseek-reasoner` refused before version 3.2, and what servers of R1 still refuse: reasoning in a
 * history, and two turns of one role in a row. https://api-docs.deepseek.com/guides/reasoning_model,
 * https://github.com/OpenHands/software-agent-sdk/pull/1464
 */
export function deepseekR1Violations(body: unknown): string[] {
  const turns = objectsOf(isObject(body) ? body['messages'] : [])
  return [
    ...turns
      .filter(([, { reasoning_content: thought }]) => given(thought))
      .map(([index]) => violation(['messages', index, 'reasoning_content'], 'thoughts must not come back')),
    ...repeatedRoles(turns, ['user', 'assistant']).map(index =>
      violation(['messages', index], 'turns of users and assistants alternate'),
    ),
  ]
}

function thinks(body: Json): boolean {
  const thinking = isObject(body['thinking']) ? body['thinking'] : {}
  return /deepseek-(reasoner|v[4-9]|flash|pro)/.test(String(body['model'])) && thinking['type'] !== 'disabled'
}

/**
 * Each assistant message of a turn that called tools includes its reasoning.
 * https://api-docs.deepseek.com/guides/thinking_mode, https://github.com/decolua/9router/issues/355,
 * https://github.com/BerriAI/litellm/pull/28057
 */
function thoughtless(turns: readonly Turn[]): string[] {
  const rounds = turns.reduce<Turn[][]>((all, turn) => {
    if (turn[1]['role'] === 'user') all.push([])
    all.at(-1)?.push(turn)
    return all
  }, [])
  return rounds
    .filter(round => round.some(([, message]) => callsOf(message).length > 0))
    .flat()
    .filter(([, { role, reasoning_content: thought }]) => role === 'assistant' && typeof thought !== 'string')
    .map(([index]) => violation(['messages', index], 'reasoning_content must be passed back'))
}

/** Many reports of "Thinking mode does not support this tool_choice". */
function forced({ tool_choice: choice }: Json): string[] {
  if (!given(choice) || choice === 'auto' || choice === 'none') return []
  return [violation(['tool_choice'], 'must not force a tool while thinking')]
}

/** https://api-docs.deepseek.com/guides/json_mode */
function jsonUnsaid(body: Json): string[] {
  const format = isObject(body['response_format']) ? body['response_format'] : {}
  if (format['type'] !== 'json_object') return []
  if (
    JSON.stringify(body['messages'] ?? [])
      .toLowerCase()
      .includes('json')
  )
    return []
  return [violation(['response_format'], 'the messages must say the word json')]
}
