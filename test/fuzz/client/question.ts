import { dialects, kinds } from '../exchange.ts'
import type { Dialect, Kind, Question } from '../exchange.ts'
import type { Random } from '../random.ts'

type Fields = Readonly<Record<string, unknown>>

/** The filters of a run; empty lists allow everything. */
export interface Filter {
  readonly dialects: readonly Dialect[]
  readonly kinds: readonly Kind[]
  readonly chains: readonly string[]
  readonly streams: readonly boolean[]
}

/** The chains to request; an empty text is the plain proxy. */
export const chains = [
  '',
  'bon',
  'moa',
  're2&re2',
  'self_consistency',
  'cot_reflection',
  'majority_voting',
  're2|none',
  'genselect',
]

/** The main dialects are asked more often than the others. */
const oftenAsked: readonly Dialect[] = [...dialects, 'chat', 'chat', 'messages', 'responses']
const embeddingKinds: readonly Kind[] = ['chat', 'azure']

const prompt = 'What is six times seven?'
const parameters = {
  type: 'object',
  properties: { place: { type: 'string' }, days: { type: 'array', items: { type: 'integer' } } },
  additionalProperties: true,
}

/** Chooses a request that a server over valid providers answers with 200. */
export function chooseQuestion(random: Random, number: number, filter: Filter): Question {
  const dialect = random.pick(among(filter.dialects, oftenAsked))
  const isEmbedding = dialect === 'embeddings'
  const kind = random.pick(among(filter.kinds, isEmbedding ? embeddingKinds : kinds))
  const isProxy = isEmbedding || random.chance(0.6)
  const chain = isEmbedding ? '' : random.pick(among(filter.chains, isProxy ? [''] : chains))
  const isCached = random.chance(0.15)
  const stream = !isEmbedding && random.pick(among(filter.streams, [true, false]))
  // Each question has unique words, so that a cache answers only its repetition.
  const text = `${prompt} (${number})`
  const model = [
    ...(isCached ? ['cache'] : []),
    ...(chain ? [chain.includes('&') || chain.includes('|') ? `(${chain})` : chain] : []),
    modelOf(kind),
  ].join('-')
  const body = {
    model,
    ...(stream && { stream }),
    ...fieldsOf(random, dialect, text),
    ...(isEmbedding ? {} : ownFields(random)),
  }
  return { dialect, kind, stream, body, times: isCached ? 2 : 1 }
}

/** The model that only the provider of a kind serves. */
export function modelOf(kind: Kind): string {
  return `m_${kind}`
}

function among<T>(wanted: readonly T[], all: readonly T[]): readonly T[] {
  const common = all.filter(item => wanted.includes(item))
  if (wanted.length === 0) return all
  return common.length === 0 ? wanted : common
}

function ownFields(random: Random): Fields {
  return {
    ...(random.chance(0.08) ? { hulumanage_trace: true } : {}),
    ...(random.chance(0.08) ? { hulumanage_progress: true } : {}),
  }
}

function fieldsOf(random: Random, dialect: Dialect, text: string): Fields {
  const hasTools = random.chance(0.4)
  switch (dialect) {
    case 'chat':
      return {
        messages: [{ role: 'user', content: text }],
        ...(hasTools
          ? { tools: names.map(name => ({ type: 'function', function: { name, parameters } })) }
          : {}),
        ...(random.chance(0.2) ? { n: random.integer(2, 3) } : {}),
        ...(random.chance(0.3) ? { stream_options: { include_usage: true } } : {}),
      }
    case 'completions':
      return {
        prompt: random.chance(0.3) ? [text, `${text} Why?`] : text,
        ...(random.chance(0.2) ? { n: 2 } : {}),
      }
    case 'responses':
      return {
        input: text,
        ...(hasTools ? { tools: names.map(name => ({ type: 'function', name, parameters })) } : {}),
      }
    case 'messages':
      return {
        max_tokens: 100,
        messages: [{ role: 'user', content: text }],
        ...(hasTools ? { tools: names.map(name => ({ name, input_schema: parameters })) } : {}),
      }
    case 'embeddings':
      return { input: [text, 'b'] }
  }
}

const names = ['weather', 'search']
