import { BenchFailure } from '../failure.ts'

// The request of the load and the two answers of the upstream. Both are fixed, so that no server has an easier one.

/** Whether a whole answer or a stream is asked for. */
export type Kind = 'json' | 'stream'

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

/** The request of a load. */
export interface Asked {
  readonly kind: Kind
  /** The model, or a chain and a model; 'bench' if it is not given. */
  readonly model?: string
  /** The length of the question; 0.3 KB if it is not given. */
  readonly promptBytes?: number
}

const question = 'What does a load balancer for language models do, and what does it cost? '

/** The body of a request. */
export function requestBody({ kind, model = 'bench', promptBytes = 300 }: Asked): string {
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You are brief.' },
      {
        role: 'user',
        content: question.repeat(Math.ceil(promptBytes / question.length)).slice(0, promptBytes),
      },
    ],
    temperature: 0.7,
    ...(kind === 'stream' && { stream: true, stream_options: { include_usage: true } }),
  })
}

/** Throws a `BenchFailure` unless an answer carries the whole text of the upstream's, and its end. */
export function checkAnswer(server: string, kind: Kind, status: number, body: string): void {
  const text = status === 200 ? textOf(kind, body) : undefined
  if (text === (kind === 'json' ? answer : tokens.join(''))) return
  throw new BenchFailure(
    `${server} answered ${status} with something else than the upstream:\n${body.slice(0, 2000)}`,
  )
}

function textOf(kind: Kind, body: string): string | undefined {
  if (kind === 'json') return (JSON.parse(body) as Completion).choices[0]?.message.content
  const datas = [...body.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
  if (datas.pop() !== '[DONE]') return undefined
  return datas.map(data => (JSON.parse(data) as Chunk).choices[0]?.delta.content ?? '').join('')
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
  readonly choices: readonly { readonly delta: { readonly content?: string } }[]
}
