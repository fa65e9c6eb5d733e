import { BenchFailure } from '../failure.ts'
import type { Conversation } from './conversations.ts'
import type { Target } from './wrk.ts'

// The request of the load and the answers of the upstream. All are fixed, so that no server has an easier one.

/** Whether a whole answer is asked for, a stream of text, or a stream with calls of tools. */
export type Kind = 'json' | 'stream' | 'tools'

export const chatPath = '/v1/chat/completions'

const head = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench' }
const sentence = 'A balancer is judged by what it adds to each call, and by what it keeps from the caller. '
const answer = sentence.repeat(8)
const tokens = Array.from({ length: 62 }, (_, index) => `token ${index} `)

/** A chat completion of about 1 KB. */
export const completion = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 160, total_tokens: 260 },
})

/** The 66 events of a streamed chat completion: the role, 62 pieces of text, the end, the usage, and the mark of the end. */
export const events: readonly string[] = [
  choice({ role: 'assistant', content: '' }),
  ...tokens.map(content => choice({ content })),
  choice({}, 'stop'),
  event({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 62, total_tokens: 162 } }),
  'data: [DONE]\n\n',
]

const callArguments = [0, 1].map(call =>
  JSON.stringify({ path: `src/part-${call}/balancer.ts`, pattern: sentence, lines: [1, 120], mode: 'text' }),
)

/** The events of a streamed answer that calls two tools: some text, both calls in pieces of their arguments, the end and the usage. */
export const toolEvents: readonly string[] = [
  choice({ role: 'assistant', content: '' }),
  ...tokens.slice(0, 12).map(content => choice({ content })),
  ...callArguments.flatMap((text, index) => [
    choice({
      tool_calls: [
        {
          index,
          id: `call_bench_${index}`,
          type: 'function',
          function: { name: 'read_file', arguments: '' },
        },
      ],
    }),
    ...(text.match(/.{1,6}/g) ?? []).map(piece =>
      choice({ tool_calls: [{ index, function: { arguments: piece } }] }),
    ),
  ]),
  choice({}, 'tool_calls'),
  event({ choices: [], usage: { prompt_tokens: 80_000, completion_tokens: 90, total_tokens: 80_090 } }),
  'data: [DONE]\n\n',
]

/** The body of each answer of the upstream. */
export const answers: Readonly<Record<Kind, string>> = {
  json: completion,
  stream: events.join(''),
  tools: toolEvents.join(''),
}

/** The request of a load. */
export interface Asked {
  readonly kind: Kind
  /** The model, or a chain and a model; 'bench' if it is not given. */
  readonly model?: string
  /** The length of the question; 0.3 KB if it is not given. */
  readonly promptBytes?: number
  /** Messages to send instead of a question. */
  readonly conversation?: Conversation
}

const question = 'What does a load balancer for language models do, and what does it cost? '

/** The body of a request. */
export function requestBody({
  kind,
  model = 'bench',
  promptBytes = 300,
  conversation = questionOf(promptBytes),
}: Asked): string {
  return JSON.stringify({
    model,
    ...conversation,
    temperature: 0.7,
    ...(kind !== 'json' && { stream: true, stream_options: { include_usage: true } }),
  })
}

function questionOf(bytes: number): Conversation {
  const content = question.repeat(Math.ceil(bytes / question.length)).slice(0, bytes)
  return {
    messages: [
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content },
    ],
  }
}

/** A request as it is written to a connection. */
export function wholeRequest({ url, headers, body }: Target): string {
  const { host, pathname } = new URL(url)
  const all = {
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Throws a `BenchFailure` unless an answer carries the whole text and all calls of the upstream's, and its end. */
export function checkAnswer(server: string, kind: Kind, status: number, body: string): void {
  const text = status === 200 ? textOf(kind, body) : undefined
  if (text === wanted[kind]) return
  throw new BenchFailure(
    `${server} answered ${status} with something else than the upstream:\n${body.slice(0, 2000)}`,
  )
}

const wanted: Readonly<Record<Kind, string>> = {
  json: answer,
  stream: tokens.join(''),
  tools: tokens.slice(0, 12).join('') + callArguments.join(''),
}

/** The text of an answer, then the arguments of its calls; undefined for a stream without its end. */
function textOf(kind: Kind, body: string): string | undefined {
  if (kind === 'json') return (JSON.parse(body) as Completion).choices[0]?.message.content
  const datas = [...body.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
  if (datas.pop() !== '[DONE]') return undefined
  const deltas = datas.map(data => (JSON.parse(data) as Chunk).choices[0]?.delta ?? {})
  const called = deltas.flatMap(({ tool_calls: calls = [] }) => calls.map(call => call.function.arguments))
  return [...deltas.map(({ content }) => content ?? ''), ...called].join('')
}

function event(fields: object): string {
  return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`
}

function choice(delta: object, finish: string | null = null): string {
  return event({ choices: [{ index: 0, delta, finish_reason: finish }] })
}

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[]
}

interface Chunk {
  readonly choices: readonly { readonly delta: Delta }[]
}

interface Delta {
  readonly content?: string
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[]
}
