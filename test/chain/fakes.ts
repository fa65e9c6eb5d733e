import { pino } from 'pino'
import { CurrentConfig } from '../../src/config/current.ts'
import { type ConfigInput, configSchema } from '../../src/config/schema.ts'
import type { Approach, ChatRequest, Chunk, Step, Upstream, Wrapper } from '../../src/contract/index.ts'
import { createRunner } from '../../src/chain/run/runner.ts'
import type { ChainRequest, Client, OwnFields } from '../../src/chain/request.ts'
import { type ProviderCall, providerCall } from '../../src/chat/provider-call.ts'
import { completionOf } from '../../src/chat/completion.ts'
import { CompleteReply, StreamReply } from '../../src/chat/reply.ts'

export const usage = { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 }

/** A whole answer with these texts. */
export function completion(...texts: string[]) {
  return {
    ...completionOf(
      texts.map(content => ({ role: 'assistant', content })),
      'told',
    ),
    usage,
  }
}

/** A streamed answer: one chunk per text, then the end of its choice, then usage. */
export function streamed(...texts: string[]): StreamReply {
  const head = { id: 'stream', created: 1, model: 'told' }
  const chunk = (more: Partial<Chunk>): Chunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [],
    ...more,
  })
  async function* chunks() {
    for (const [index, content] of texts.entries()) {
      yield chunk({ choices: [{ index, delta: { role: 'assistant', content } }] })
      yield chunk({ choices: [{ index, delta: {}, finish_reason: 'stop' }] })
    }
    yield chunk({ usage })
  }
  return new StreamReply(head, chunks())
}

export interface Asking {
  readonly request: ChatRequest
  readonly call: ProviderCall
}

export interface FakeModel {
  readonly upstream: Upstream
  readonly asked: Asking[]
}

/** A model that answers with `say(question)`, once for each choice, and remembers its requests. */
export function fakeModel(
  say: (question: string, asking: Asking) => string = text => `<${text}>`,
): FakeModel {
  const asked: Asking[] = []
  const upstream: Upstream = async (request, call) => {
    const asking = { request, call: providerCall(call) }
    asked.push(asking)
    const text = say(lastText(request), asking)
    const texts = Array.from({ length: request.n ?? 1 }, () => text)
    return request.stream ? streamed(...texts) : new CompleteReply(completion(...texts), 'fake')
  }
  return { upstream, asked }
}

/** The text of the last message. */
export function lastText(request: ChatRequest): string {
  const content = request.messages.at(-1)?.content
  if (typeof content === 'string') return content
  return (content ?? []).map(part => part.text ?? '').join('')
}

export function approach(name: string, run: Approach['run'], more: Partial<Approach> = {}): Approach {
  return { name, summary: name, run, ...more }
}

/** Answers with the model's answer in its own name: `bon(<question>)`. */
export function naming(name: string): Approach {
  return approach(name, async (request, ctx) => `${name}(${await (await ctx.complete(request)).text()})`)
}

/** Marks every request that passes with its name. */
export function marking(name: string, place: 'leaf' | 'whole'): Wrapper {
  return {
    name,
    summary: name,
    place,
    wrap: next => (request, call) =>
      next({ ...request, marks: [...((request['marks'] as string[] | undefined) ?? []), name] }, call),
  }
}

export const steps: readonly Step[] = [
  naming('bon'),
  naming('moa'),
  naming('re2'),
  marking('proxy', 'leaf'),
  marking('tap', 'leaf'),
  marking('cache', 'whole'),
]

export function lookUp(all: readonly Step[]) {
  return {
    get: (name: string) => all.find(step => step.name === name),
    names: () => all.map(step => step.name),
  }
}

export function configOf(input: ConfigInput = {}) {
  return configSchema.parse({ base_url: 'http://127.0.0.1:1/v1', ...input })
}

export const twoProviders: ConfigInput = {
  providers: [
    { name: 'one', models: ['moa-7b', 'auto-big'] },
    { name: 'two', model_map: { 'bon-large': 'large' } },
  ],
}

/** A request to a chain, with the server's own fields and fields of the chat. */
export function askedFor(
  model: string,
  own: OwnFields = {},
  fields: Partial<ChatRequest> = {},
): ChainRequest {
  return { request: { model, messages: [{ role: 'user', content: 'q' }], ...fields }, own }
}

/** The same with the bytes that a client would have sent. */
export function withBytes({ request, own }: ChainRequest): ChainRequest {
  return { request, own, source: { dialect: 'chat', bytes: new Uint8Array(2), request } }
}

export interface TestClient extends Client {
  readonly notes: string[]
  readonly logged: Record<string, unknown>[]
}

export function client(): TestClient {
  const notes: string[] = []
  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'warn' }, { write: line => void logged.push(JSON.parse(line)) })
  return { id: 'id', log, controller: new AbortController(), notes, logged, note: text => notes.push(text) }
}

/** A runner over fake steps and a fake model. */
export function setUp({
  all = steps,
  model = fakeModel(),
  config = {},
}: { all?: readonly Step[]; model?: FakeModel; config?: ConfigInput } = {}) {
  const currentConfig = new CurrentConfig(configOf(config))
  const runner = createRunner({ steps: lookUp(all), currentConfig, defaultUpstream: model.upstream })
  const texts = async (request: ChainRequest) => await (await runner.run(request, client())).reply.texts()
  return { runner, model, currentConfig, texts }
}
