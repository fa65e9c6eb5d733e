import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { z } from 'zod'
import { cachingViolations } from './anthropic-caching.ts'
import { samplingViolations } from './anthropic-models.ts'
import { strictSchemas } from './anthropic-schema.ts'
import { blockShape, cacheControl, textBlock, toolChoice, tools } from './anthropic-shape.ts'
import { turnViolations } from './anthropic-turns.ts'
import { documented, given, isObject, objectsOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'
import { toolsNeeded } from './tool-turns.ts'

/** Fields that the SDK sends as headers. */
type Headers = 'user_profile_id' | 'workspace_id'

const anything = z.unknown().optional()
const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
})

const thinking = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enabled'),
    budget_tokens: z.int().min(1024, 'a budget is 1024 at least'),
    display: anything,
  }),
  z.strictObject({ type: z.literal('adaptive'), display: anything }),
  z.strictObject({ type: z.enum(['disabled', 'between_tools']) }),
])

/** https://platform.claude.com/docs/en/api/messages/create; a maximum of 0 fills the cache only. */
const requestShape = documented<Omit<MessageCreateParamsNonStreaming, Headers>>()({
  model: z.string().min(1),
  max_tokens: z.int().min(0),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  stop_sequences: z.array(z.string().regex(/\S/, 'a stop sequence must not be blank')).optional(), // https://github.com/BerriAI/litellm/issues/3286
  stream: z.boolean().optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  thinking: thinking.optional(),
  tool_choice: toolChoice.optional(),
  tools: tools.optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }).nullish(),
    })
    .optional(),
  cache_control: cacheControl.nullish(),
  container: anything,
  diagnostics: anything,
  inference_geo: z.string().nullish(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  speed: z.enum(['standard', 'fast']).nullish(),
}).extend({
  // Older models accept these, which the SDK no longer has.
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
})

/** Fields that need a beta header. https://github.com/anthropics/claude-code/issues/21612 */
const betaFields: Readonly<Record<string, RegExp>> = {
  context_management: /^(context-management|compact)-/,
  mcp_servers: /^mcp-client-/,
  output_format: /^structured-outputs-/,
  thread: /^message-threads-/,
}

/** Lists what Anthropic's Messages would refuse in a request with these values of `anthropic-beta`. */
export function anthropicViolations(body: unknown, betas: readonly string[] = []): string[] {
  return checked(body, betas, requestShape)
}

/** Lists what the endpoint that counts tokens would refuse: the same, except that it needs no maximum. */
export function countViolations(body: unknown, betas: readonly string[] = []): string[] {
  return checked(body, betas, requestShape.omit({ max_tokens: true }))
}

function checked(body: unknown, betas: readonly string[], shape: z.ZodType): string[] {
  if (!isObject(body)) return shapeViolations(shape, body)
  const opened = (field: string) => betas.some(beta => betaFields[field]?.test(beta))
  const usual = Object.fromEntries(Object.entries(body).filter(([field]) => !opened(field)))
  const turns = objectsOf(body['messages'])
  return [
    ...shapeViolations(shape, usual),
    ...turns.flatMap(([index, { content }]) => blockViolations(content, ['messages', index, 'content'])),
    ...turnViolations(body, turns),
    ...blankSystem(body['system']),
    ...toolsNeeded(body, ['tool_choice']),
    ...toolViolations(body),
    ...strictSchemas(body),
    ...cachingViolations(body),
    ...samplingViolations(body, betas),
  ]
}

function blockViolations(content: unknown, path: Path): string[] {
  return objectsOf(content).flatMap(([index, block]) =>
    shapeViolations(blockShape(block['type']), block, [...path, index]),
  )
}

/** https://platform.claude.com/docs/en/api/errors */
function blankSystem(system: unknown): string[] {
  return objectsOf(system)
    .filter(([, { text }]) => typeof text === 'string' && !/\S/.test(text))
    .map(([index]) => violation(['system', index, 'text'], 'a block of text must not be blank'))
}

function toolViolations(body: Json): string[] {
  const offered = objectsOf(body['tools'])
  const names = offered.map(([, { name }]) => name)
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {}
  return [
    ...offered
      .filter(([index, { name }]) => given(name) && names.indexOf(name) < index)
      .map(([index]) => violation(['tools', index, 'name'], 'names of tools are unique')), // https://github.com/anthropics/claude-code/issues/10687
    ...offered.flatMap(([index, tool]) => unionAtRoot(tool, index)),
    ...(choice['type'] === 'tool' && offered.length > 0 && !names.includes(choice['name'])
      ? [violation(['tool_choice', 'name'], 'no such tool is offered')]
      : []),
  ]
}

/** https://github.com/anthropics/claude-code/issues/5973 */
function unionAtRoot({ input_schema: schema }: Json, index: number): string[] {
  if (!isObject(schema)) return []
  return ['oneOf', 'anyOf', 'allOf']
    .filter(field => field in schema)
    .map(field => violation(['tools', index, 'input_schema', field], 'not allowed at the root of a schema'))
}
