import type { UpstreamErrorBody } from '../../contract/index.ts'
import { hintNamedIn } from './refused-hints.ts'

type Body = Readonly<Record<string, unknown>>

const always = () => true

/**
 * Fields without which a request still asks for the same: those that count, identify, or hint at how to reach the
 * answer. Not among them are sampling, lengths, formats, tools, and everything else that shapes the answer. Each has a
 * check of its value.
 */
const dispensable: Readonly<Record<string, (value: unknown) => boolean>> = {
  stream_options: always,
  user: always,
  safety_identifier: always,
  metadata: always,
  // Labels of LiteLLM's clients, and wishes about a cache that this server may not have.
  tags: always,
  cache: value => typeof value === 'object',
  prompt_cache_key: always,
  prompt_cache_retention: always,
  prediction: always,
  verbosity: always,
  'text.verbosity': always,
  reasoning_effort: always,
  'reasoning.effort': always,
  'reasoning.summary': always,
  'output_config.effort': always,
  reasoning: always,
  // It removes old parts of a conversation to save tokens.
  context_management: always,
  include: value => JSON.stringify(value) === '["reasoning.encrypted_content"]',
  // A service that does not know the field stores nothing under it, and allows several calls.
  store: value => value === false,
  parallel_tool_calls: value => value === true,
  // Without effect at these values; a model that takes no other temperature uses 1.
  temperature: value => value === 1,
  top_p: value => value === 1,
  presence_penalty: value => value === 0,
  frequency_penalty: value => value === 0,
  logprobs: value => value === false,
  n: value => value === 1,
  // Facts about Codex and its user, for OpenAI: https://github.com/openai/codex/issues/46398
  client_metadata: always,
  access_programs: always,
}

/** Messages of services that do not know a field, as opposed to one of its values. */
const unknownField =
  /unrecogni[sz]ed|unsupported (?:param|arg|field|prop)|unknown (?:param|arg|field|name|key|prop)|unexpected (?:param|arg|field|key|prop)|extra (?:inputs?|fields?|propert)|extra_forbidden|not (?:permitted|allowed|enabled)|only allowed when|(?:not|n't) support|is unsupported|additional propert/i

/** Whether a message says that the service does not know or support something. */
export function saysUnknown(message: string): boolean {
  return unknownField.test(message)
}

/**
 * The dispensable field that a service does not know, according to its error; undefined if the error is about anything
 * else. `sent` returns the body that was refused.
 */
export function refusedField(
  { message, param, code }: UpstreamErrorBody,
  sent: () => object,
): string | undefined {
  const isUnknown = code !== 'unsupported_value' && (code === 'unsupported_parameter' || saysUnknown(message))
  const hint = hintNamedIn(`${param ?? ''} ${message}`, isUnknown, sent)
  if (hint !== undefined || !isUnknown) return hint
  const named = Object.keys(dispensable).filter(field =>
    param === null ? isNamed(field, message) : param === field,
  )
  const body = named.length > 0 ? (sent() as Body) : {}
  return named.find(field => valueAt(body, field) !== undefined && isIdle(body, field))
}

/** Whether a body asks for the same without a field that a service has refused. Always true for a hint. */
export function isIdle(body: Body, field: string): boolean {
  return Object.hasOwn(dispensable, field) ? dispensable[field]!(valueAt(body, field)) : true
}

/** Fields that shape the answer, and that operators allow to be left out with `drop_unsupported`. */
const shaping = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'seed',
  'stop',
  'service_tier',
] as const

/** The field that shapes the answer and that a model does not have, or has with one value alone; undefined otherwise. */
export function unsupportedField(error: UpstreamErrorBody, sent: () => object): string | undefined {
  const { message, code } = error
  const isFixed = /\bonly (?:the default\b.{0,30}|[\d.]+) is (?:allowed|supported|accepted)\b/i.test(message)
  const isRefused = saysUnknown(message) || isFixed || /^unsupported_(?:value|parameter)$/.test(code ?? '')
  if (!isRefused) return undefined
  const body = sent() as Body
  const present = shaping.filter(field => body[field] != null)
  const invalid = present.find(field => new RegExp(`\\binvalid ${field}\\b`, 'i').test(message))
  return invalid ?? fieldAtFault(error, present)
}

/** The two names of the maximum length: each is the other one's, at services that know only one. */
const limitNames: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}

/** The name of the maximum length that a service refuses, and the one that it may know; undefined for all other errors. */
export function refusedName(
  { message, param, code }: UpstreamErrorBody,
  sent: () => object,
): readonly [string, string] | undefined {
  if (code !== 'unsupported_parameter' && !saysUnknown(message)) return undefined
  // The first one that is named is refused; the other may follow as advice.
  const [named] = /max_(?:completion_)?tokens/.exec(param ?? message) ?? []
  const other = limitNames[named ?? '']
  if (named === undefined || other === undefined) return undefined
  return (sent() as Body)[named] == null ? undefined : [named, other]
}

/** Other names of a field in the words of services that translate it. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  stop: ['stop_sequences'],
  tool_choice: ['tool_config'],
  max_tokens: ['max_output_tokens', 'max_new_tokens'],
  max_completion_tokens: ['max_output_tokens', 'max_new_tokens'],
  reasoning_effort: ['effort', 'thinking_level'],
}

/** The first of some fields that an error is about, whatever it says of it: that it is unknown, or its value wrong. */
export function fieldAtFault(
  { message, param }: UpstreamErrorBody,
  fields: readonly string[],
): string | undefined {
  return fields.find(field => {
    const names = [field, ...(otherNames[field] ?? [])]
    return names.some(name => (param === null ? isNamed(name, message) : param === name))
  })
}

/** Whether a message names a field as one, in any case: quoted, behind its kind or its path, at the start or the end, or before its kind. */
function isNamed(path: string, message: string): boolean {
  const name = (path.split('.').at(-1) ?? path).replaceAll('_', '_?')
  const kind = String.raw`(?:arg\w*|param\w*|field|property|name|key|supplied|body)`
  const places = [
    `['"\`]${name}['"\`]`,
    String.raw`\b${kind}\W{1,4}(?:\w+\.)?${name}\b`,
    `(?:^|: )(?:\\w+\\.)?${name}(?::| (?:is|was|must|should|cannot|can|does|may)\\b)`,
    String.raw`\b${name} ${kind}`,
    String.raw`:\s${name}\.?$`,
  ]
  return new RegExp(places.join('|'), 'i').test(message)
}

function valueAt(body: Body, path: string): unknown {
  const [outer = '', field] = path.split('.')
  const value = body[outer]
  if (field === undefined) return value
  return (value as Body | null | undefined)?.[field]
}
