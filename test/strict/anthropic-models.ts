import { given, isObject, violation } from './shape.ts'
import type { Json } from './shape.ts'

/**
 * The generation of a Claude model: 3.7 for claude-3-7-sonnet, 4.5 for claude-sonnet-4-5-20250929; NaN if the name has
 * none.
 */
function generationOf(model: string): number {
  const found = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d))?(?!\d)/.exec(model)
  return found ? Number(`${found[1]}.${found[2] ?? 0}`) : NaN
}

/** Models since 4.6 accept no prefilled answer. https://github.com/ericc-ch/copilot-api/pull/261 */
export function takesPrefill(model: string): boolean {
  return !(generationOf(model) >= 4.6)
}

/** https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-8 */
export function takesSystemTurns(model: string): boolean {
  return generationOf(model) >= 4.8
}

/** Lists conflicts between thinking and sampling, and parameters that the model no longer accepts. */
export function samplingViolations(body: Json, betas: readonly string[]): string[] {
  const generation = generationOf(String(body['model']))
  return [...thinkingViolations(body, betas, generation), ...temperatureViolations(body, generation)]
}

/**
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking,
 * https://github.com/liuw1535/antigravity2api-nodejs/issues/149, https://github.com/MartialBE/one-hub/issues/529
 */
function thinkingViolations(body: Json, betas: readonly string[], generation: number): string[] {
  const thinking = isObject(body['thinking']) ? body['thinking'] : {}
  const { type, budget_tokens: budget } = thinking
  if (type !== 'enabled' && type !== 'adaptive') return []
  const choice = isObject(body['tool_choice']) ? body['tool_choice']['type'] : undefined
  const interleaved = betas.some(beta => beta.startsWith('interleaved-thinking-')) && given(body['tools'])
  return [
    ...(type === 'enabled' && Number(budget) >= Number(body['max_tokens']) && !interleaved
      ? [violation(['max_tokens'], 'must be greater than thinking.budget_tokens')]
      : []),
    ...(type === 'enabled' && generation >= 4.7
      ? [violation(['thinking', 'type'], 'this model thinks adaptively only')]
      : []),
    ...(given(body['temperature']) && body['temperature'] !== 1
      ? [violation(['temperature'], 'must be 1 while thinking')]
      : []),
    ...(given(body['top_k']) ? [violation(['top_k'], 'must be absent while thinking')] : []),
    ...(given(body['top_p']) && Number(body['top_p']) < 0.95
      ? [violation(['top_p'], 'must be 0.95 at least while thinking')]
      : []),
    ...(type === 'enabled' && (choice === 'any' || choice === 'tool')
      ? [violation(['tool_choice'], 'thinking allows auto and none only')]
      : []),
  ]
}

/**
 * https://github.com/aws-samples/bedrock-chat/pull/979 (not both, since 4.1),
 * https://github.com/pollinations/pollinations/pull/11319 (none of them, since 4.7)
 */
function temperatureViolations(body: Json, generation: number): string[] {
  if (generation >= 4.7)
    return ['temperature', 'top_p', 'top_k']
      .filter(field => given(body[field]) && !(field !== 'top_k' && body[field] === 1))
      .map(field => violation([field], 'this model does not take it'))
  return generation >= 4.1 && given(body['temperature']) && given(body['top_p'])
    ? [violation(['top_p'], 'not together with temperature')]
    : []
}
