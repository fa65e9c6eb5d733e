import type { Test } from 'tap'
import type { Config, ConfigInput } from '../../../../src/config/schema.ts'
import type { ChatRequest, Chunk, RecoveredStream, ReplyEnd } from '../../../../src/contract/index.ts'
import { ask, callOf } from '../../../call.ts'
import { delta, stream } from '../../../fake-provider.ts'
import type { FakeProvider, Script } from '../../../fake-provider.ts'
import type { Entry } from '../proxy.ts'
import { proxyOver } from '../proxy.ts'

type Items = NonNullable<Parameters<typeof stream>[0]>

/** A stream of these pieces that is cut off. */
export const cut = (...items: Items) => stream(items, { finish: null, done: false })

export const thought = (text: string, index = 0) => delta({ reasoning_content: text }, index)

export interface Setting {
  readonly mode?: Config['routing']['stream_recovery']
  readonly request?: Partial<ChatRequest>
  readonly entries?: readonly Partial<Entry>[]
  readonly tokens?: number
  readonly maxAttempts?: number
  readonly fallbacks?: ConfigInput['fallbacks']
}

/** An answer as its client sees it. */
export interface Seen {
  readonly chunks: readonly Chunk[]
  readonly text: string
  readonly thoughts: string
  readonly done: ReplyEnd
  /** The code of the error that the stream ended with. */
  readonly error: string | undefined
  readonly recovered: readonly RecoveredStream[]
  readonly fakes: readonly FakeProvider[]
}

/** Reads a stream of a proxy whose providers, asked in order, have these scripts. */
export async function readFrom(t: Test, scripts: readonly Script[], setting: Setting = {}): Promise<Seen> {
  const { mode = 'auto', request, entries, tokens = 1e9, maxAttempts, fallbacks } = setting
  const routing = {
    strategy: 'failover',
    stream_recovery: mode,
    ...(maxAttempts === undefined ? {} : { max_attempts: maxAttempts }),
  }
  const { fakes, send } = await proxyOver(t, scripts, { routing, ...(fallbacks && { fallbacks }) }, entries)
  const recovered: RecoveredStream[] = []
  const { meter } = callOf().request
  const call = callOf('request', {
    budget: { calls: 1, tokens, usd: Infinity, deadline: Number.POSITIVE_INFINITY },
    meter: { ...meter, recover: record => recovered.push(record) },
  })
  const reply = await send(ask('x', { stream: true, ...request }), call)
  const chunks: Chunk[] = []
  let error: string | undefined
  try {
    for await (const chunk of reply) chunks.push(chunk)
  } catch (thrown) {
    error = (thrown as { code: string }).code
  }
  const done = await reply.done
  return { chunks, text: textOf(chunks), thoughts: thoughtsOf(chunks), done, error, recovered, fakes }
}

/** The text of one choice. */
export function textOf(chunks: readonly Chunk[], index = 0): string {
  return joined(chunks, 'content', index)
}

function thoughtsOf(chunks: readonly Chunk[]): string {
  return joined(chunks, 'reasoning_content', 0)
}

function joined(chunks: readonly Chunk[], field: string, index: number): string {
  const choices = chunks.flatMap(chunk => chunk.choices.filter(choice => choice.index === index))
  return choices.map(({ delta: part }) => (part[field] as string | undefined) ?? '').join('')
}
