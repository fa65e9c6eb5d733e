/**
 * The names of OpenTelemetry's semantic conventions, all in this file because those for generative AI still change (the form of
 * messages is in `messages.ts`):
 * https://github.com/open-telemetry/semantic-conventions-genai (`docs/gen-ai/gen-ai-spans.md`, status development, commit
 * 002c8a6). Names that they lack begin with `hulumanage`.
 */
import type { CallRow } from '../../ledger/columns.ts'
import type { Attributes } from './encoding.ts'
import type { HistogramDefinition } from './histogram.ts'

/** The values of `gen_ai.provider.name` for kinds of services that are called otherwise here. */
const providerNames: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  gemini: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
  grok: 'x_ai',
}

/** The tokens of an attempt, by `gen_ai.token.type` (`docs/gen-ai/gen-ai-metrics.md`, commit 004902b). */
export const tokensMetric: HistogramDefinition = {
  name: 'gen_ai.client.token.usage',
  description: 'Number of input and output tokens used.',
  unit: '{token}',
  bounds: Array.from({ length: 14 }, (_, index) => 4 ** index),
}

const seconds = { unit: 's', bounds: Array.from({ length: 14 }, (_, index) => 2 ** index / 100) }

/** The time of an attempt to the end of its answer. */
export const durationMetric: HistogramDefinition = {
  name: 'gen_ai.client.operation.duration',
  description: 'GenAI operation duration.',
  ...seconds,
}

/** The time to the first content of attempts that are streamed. */
export const firstChunkMetric: HistogramDefinition = {
  name: 'gen_ai.client.operation.time_to_first_chunk',
  description:
    'Time to receive the first chunk, measured from when the client issues the generation request.',
  ...seconds,
}

/** The attributes of all metrics. `kind`: the kind of service of the provider. */
export function measuredAttributes({
  provider,
  kind,
  model,
  operation,
}: Readonly<Record<'provider' | 'model' | 'operation', string>> & {
  readonly kind: string | undefined
}): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providerName(provider, kind),
    'gen_ai.request.model': model,
    'hulumanage.provider': provider,
  }
}

function providerName(provider: string, kind: string | undefined): string {
  return kind === undefined ? provider : (providerNames[kind] ?? kind)
}

/** The facts about a request that its span shows. */
export interface RequestFacts {
  readonly id: string
  readonly method: string
  readonly route: string
  readonly status: number
  readonly error: string | undefined
  readonly client: string | undefined
  readonly chain: string | undefined
  readonly model: string | undefined
  readonly served: string | undefined
  readonly costUsd: number | null
}

/** The attributes of the span of a request: those of an HTTP server, and of the answer. */
export function requestAttributes(facts: RequestFacts): Attributes {
  return {
    'http.request.method': facts.method,
    'http.route': facts.route,
    'http.response.status_code': facts.status,
    'error.type': facts.error,
    'gen_ai.request.model': facts.model,
    'gen_ai.response.model': facts.served,
    'hulumanage.request.id': facts.id,
    'hulumanage.approach': facts.chain,
    'hulumanage.client': facts.client,
    'hulumanage.cost.usd': facts.costUsd,
  }
}

/** The name of `gen_ai.operation.name` for the requests of a route. */
export function operationOf(route: string): string {
  if (route.endsWith('/embeddings')) return 'embeddings'
  // Nothing else is known of a request that is passed on unchanged, and the conventions have no name for it.
  if (route.endsWith('*')) return 'pass_through'
  return route.endsWith('/completions') && !route.endsWith('/chat/completions') ? 'text_completion' : 'chat'
}

/** The attributes of a step, a call or an attempt. `kind`: the kind of service of its provider. */
export function callAttributes(row: CallRow, operation: string, kind: string | undefined): Attributes {
  const own = {
    'hulumanage.path': row.path,
    'hulumanage.discarded': row.discarded,
    'error.type': failureOf(row),
  }
  if (row.kind === 'step' || row.provider === null) return own
  return {
    ...own,
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providerName(String(row.provider), kind),
    'gen_ai.request.model': row.model,
    'gen_ai.usage.input_tokens': row.prompt,
    'gen_ai.usage.output_tokens': row.completion,
    'gen_ai.usage.cache_read.input_tokens': row.cached,
    'gen_ai.usage.cache_creation.input_tokens': row.cache_write,
    'gen_ai.usage.reasoning.output_tokens': row.reasoning,
    'gen_ai.response.time_to_first_chunk': typeof row.first_ms === 'number' ? row.first_ms / 1000 : null,
    'http.response.status_code': row.status,
    'hulumanage.provider': row.provider,
    'hulumanage.reason': row.reason,
    'hulumanage.recovery': row.recovery,
    'hulumanage.cost.usd': row.cost,
  }
}

/** The attributes with the messages of a prompt and of its answer, on spans in JSON. */
export function contentAttributes(input: readonly object[], output: readonly object[]): Attributes {
  return {
    'gen_ai.input.messages': input.length > 0 ? JSON.stringify(input) : null,
    'gen_ai.output.messages': output.length > 0 ? JSON.stringify(output) : null,
  }
}

/** The name of the span of a step, a call or an attempt. */
export function callName({ kind, path, model }: CallRow, operation: string): string {
  return kind === 'step' || model === null ? String(path) : `${operation} ${model}`
}

/** Outcomes of calls that did not fail. */
const fine: ReadonlySet<unknown> = new Set(['ok', 'cancelled', 'unfinished'])

/** The code of the error of a call; undefined if it did not fail. */
export function failureOf({ outcome }: CallRow): string | undefined {
  return fine.has(outcome) ? undefined : String(outcome)
}
