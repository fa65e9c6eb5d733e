import type {
  Answer,
  CallKind,
  ChatRequest,
  Chunk,
  Completion,
  Context,
  FinishReason,
  Message,
  Reply,
  Step,
} from '../../src/contract/index.ts'
import { chunksOf } from '../../src/chat/completion.ts'
import { CompleteReply, StreamReply } from '../../src/chat/reply.ts'
import { silentLog } from '../silent-log.ts'

/** The answer of a scripted model: one choice, several, a whole completion, or an error to throw. */
export type Scripted = string | readonly (string | ScriptedChoice)[] | Completion | Error

export interface ScriptedChoice {
  readonly content?: string | null
  readonly tool_calls?: Message['tool_calls']
  readonly refusal?: string
  readonly finish?: FinishReason
}

/** One call as the model saw it. */
export interface Asked {
  readonly request: ChatRequest
  readonly kind: CallKind
  /** Names of the enclosing spans, such as `grade`. */
  readonly path: string
}

export type Script = (asked: Asked, index: number) => Scripted | Promise<Scripted>

export interface FakeContext extends Context {
  readonly asked: Asked[]
  readonly offers: Answer[]
  readonly notes: string[]
  /** Reasons why choices were discarded. */
  readonly discarded: string[]
  /** Parts of the method that were left out. */
  readonly degraded: string[]
  readonly controller: AbortController
}

/**
 * A context with a scripted model. Calls reject once its controller aborts, even waiting ones. Streams arrive in pieces of
 * `pieceLength`.
 */
export function contextOf(script: Script, { pieceLength = 3 } = {}): FakeContext {
  const controller = new AbortController()
  const shared = {
    asked: [] as Asked[],
    offers: [] as Answer[],
    notes: [] as string[],
    discarded: [] as string[],
    degraded: [] as string[],
    controller,
    signal: controller.signal,
    owner: 'client',
    contextWindow: () => undefined,
    scorer: () => () => Promise.reject(new Error('no scoring service')),
    paramsOf: (step: Step) => step.params?.parse({}) ?? {},
    log: silentLog,
    budget: { calls: Infinity, tokens: Infinity, usd: Infinity, deadline: Infinity },
    offer: (answer: Answer) => void shared.offers.push(answer),
    note: (text: string) => void shared.notes.push(text),
    degrade: (part: string) => void shared.degraded.push(part),
    discard: (_reply: Reply, why: string) => void shared.discarded.push(why),
  }
  const inside = (path: string): FakeContext => ({
    ...shared,
    span: (name, work) => work(inside(path === '' ? name : `${path}.${name}`)),
    async complete(request, { kind = 'candidate' } = {}) {
      controller.signal.throwIfAborted()
      const asked = { request, kind, path }
      const index = shared.asked.push(asked) - 1
      const answer = await orAborted(controller.signal, script(asked, index))
      if (answer instanceof Error) throw answer
      const completion = completionFrom(answer, request.model)
      return request.stream ? streamed(completion, pieceLength) : new CompleteReply(completion, 'fake')
    },
  })
  return inside('')
}

/** A request with one user message, and the given fields. */
export function requestOf(text: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', messages: [{ role: 'user', content: text }], ...fields }
}

/** The result of a step, read as a completion. */
export async function completionIn(answer: Answer): Promise<Completion> {
  if (typeof answer === 'string' || !('completion' in answer)) throw new TypeError('not a reply')
  return await answer.completion()
}

/** The text of a step's first choice. */
export async function textIn(answer: Answer): Promise<string | null | undefined> {
  const { content } = (await completionIn(answer)).choices[0]!.message
  if (Array.isArray(content)) throw new TypeError('content in parts')
  return content as string | null | undefined
}

/** The content of each chunk that has any. */
export async function piecesIn(answer: Answer): Promise<string[]> {
  if (typeof answer === 'string' || !('completion' in answer)) throw new TypeError('not a reply')
  const pieces: string[] = []
  for await (const chunk of answer) pieces.push(...chunk.choices.map(({ delta }) => delta.content ?? ''))
  return pieces.filter(piece => piece !== '')
}

/** All text of the messages of a request. */
export function promptOf(request: ChatRequest): string {
  return request.messages.map(({ content }) => JSON.stringify(content)).join('\n')
}

export const toolCall = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }

export const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }

async function orAborted<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason as Error)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([promise, work])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function completionFrom(answer: Exclude<Scripted, Error>, model: string): Completion {
  if (typeof answer !== 'string' && 'choices' in answer) return answer
  const choices = typeof answer === 'string' ? [answer] : answer
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1,
    model: `${model}-2026`,
    choices: choices.map((choice, index) => {
      const {
        content = null,
        tool_calls,
        finish,
        ...fields
      } = typeof choice === 'string' ? { content: choice } : choice
      return {
        index,
        message: { role: 'assistant', content, ...fields, ...(tool_calls ? { tool_calls } : {}) },
        finish_reason: finish === undefined ? (tool_calls ? 'tool_calls' : 'stop') : finish,
      }
    }),
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}

function streamed(completion: Completion, pieceLength: number): Reply {
  async function* pieces(): AsyncGenerator<Chunk> {
    for (const chunk of chunksOf(completion)) {
      await Promise.resolve()
      yield* cut(chunk, pieceLength)
    }
  }
  return new StreamReply(
    { id: completion.id, model: completion.model, created: 1, provider: 'fake' },
    pieces(),
  )
}

function* cut(chunk: Chunk, length: number): Generator<Chunk> {
  const [choice] = chunk.choices
  const { content = '', ...delta } = choice?.delta ?? {}
  if (!choice || !content) {
    yield chunk
    return
  }
  for (let at = 0; at < content.length; at += length) {
    const piece = { ...(at === 0 ? delta : {}), content: content.slice(at, at + length) }
    yield { ...chunk, choices: [{ ...choice, delta: piece }] }
  }
}
