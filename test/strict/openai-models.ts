import { given, violation } from './shape.ts'
import type { Json } from './shape.ts'

const reasons = /(^|\/)(o\d|gpt-5)(?!.*-chat)/
const wantsEffortNone = /(^|\/)gpt-5\.[1-9]/

/** Lists what reasoning models, and models without reasoning, refuse in the chat format. */
export function modelViolations(body: Json): string[] {
  const model = String(body['model'])
  if (!reasons.test(model)) return effortRefused(body, model)
  return [...renamedLimit(body), ...stopRefused(body, model), ...samplingRefused(body, model)]
}

/** Sampling parameters that reasoning models fix, with the values that each may still have. */
const fixed: Readonly<Record<string, readonly unknown[]>> = {
  temperature: [1],
  top_p: [1],
  presence_penalty: [0],
  frequency_penalty: [0],
  logprobs: [false],
  top_logprobs: [],
  logit_bias: [],
}

/**
 * https://github.com/openai/openai-python/issues/2072,
 * https://github.com/nextai-translator/nextai-translator/issues/1781; newer models accept it with an effort of `none`,
 * their default: https://developers.openai.com/api/docs/guides/latest-model
 */
export function samplingRefused(body: Json, model: string, effort = body['reasoning_effort']): string[] {
  if (!reasons.test(model) || (wantsEffortNone.test(model) && (!given(effort) || effort === 'none')))
    return []
  return Object.entries(fixed)
    .filter(([field, allowed]) => given(body[field]) && !allowed.includes(body[field]))
    .map(([field]) => violation([field], 'a reasoning model does not take it'))
}

/** https://github.com/ericc-ch/copilot-api/issues/222 */
function renamedLimit(body: Json): string[] {
  if (!given(body['max_tokens'])) return []
  return [violation(['max_tokens'], 'a reasoning model wants max_completion_tokens')]
}

/** https://github.com/openai/openai-openapi, StopConfiguration; https://github.com/EleutherAI/lm-evaluation-harness/pull/3247 */
function stopRefused(body: Json, model: string): string[] {
  if (!given(body['stop']) || !/(^|\/)(o3|o4|gpt-5)/.test(model)) return []
  return [violation(['stop'], 'a reasoning model does not take it')]
}

/** https://github.com/davidmigloz/langchain_dart/issues/712, https://github.com/formulahendry/wechat-acp/issues/16 */
function effortRefused(body: Json, model: string): string[] {
  if (!given(body['reasoning_effort']) || !/(^|\/)gpt-(3|4)/.test(model)) return []
  return [violation(['reasoning_effort'], 'a model that does not reason does not take it')]
}
