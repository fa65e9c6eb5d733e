import type { SimulatedModel } from '../../providers/simulated/model.ts'
import { doneFrame, frame } from '../../text/sse.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { textOf } from './call-facts.ts'
import type { CallFacts } from './call-facts.ts'

/** The text of an answer for which its words do not matter. */
const words = ['This is ', 'a simulated answer of ', 'the length that ', 'its usage says.']

/** The parts of an answer: the first content of a stream and the rest, or a single part that is the whole. */
export type Author = (facts: CallFacts, tokens: number, body: unknown) => readonly string[]

/** Writes an answer for which its words do not matter, in the format of chat completions. */
export function plainAnswer(facts: CallFacts, tokens: number): readonly string[] {
  const seconds = unixSeconds()
  return facts.streams ? streamedAnswer(facts, tokens, seconds) : [wholeAnswer(facts, tokens, seconds)]
}

/** Writes what a simulated model says, which solves and judges as approaches expect it. */
export function authorOf(model: SimulatedModel): Author {
  return ({ promptTokens, choices }, tokens, body) => {
    const { parts } = model.reply('POST', '/chat/completions', textOf(body))
    const usage = usageOf(promptTokens, tokens * choices)
    return parts.map(part => part.replace(/"usage":\{[^}]*\}/, usage))
  }
}

function wholeAnswer({ model, promptTokens, choices }: CallFacts, tokens: number, seconds: number): string {
  const listed = Array.from(
    { length: choices },
    (_, index) =>
      `{"index":${index},"message":{"role":"assistant","content":"${words.join('')}"},"logprobs":null,"finish_reason":"stop"}`,
  )
  return `{${headOf('chat.completion', model, seconds)},"choices":[${listed.join()}],${usageOf(promptTokens, tokens * choices)}}`
}

function streamedAnswer(
  { model, promptTokens, choices }: CallFacts,
  tokens: number,
  seconds: number,
): readonly string[] {
  const head = headOf('chat.completion.chunk', model, seconds)
  const all = (delta: string, finish: string): string =>
    Array.from({ length: choices }, (_, index) =>
      frame(`{${head},"choices":[{"index":${index},"delta":${delta},"finish_reason":${finish}}]}`),
    ).join('')
  const [first, ...rest] = words.map(word => all(`{"content":"${word}"}`, 'null'))
  const usage = frame(`{${head},"choices":[],${usageOf(promptTokens, tokens * choices)}}`)
  return [
    all('{"role":"assistant","content":""}', 'null') + first,
    ...rest,
    `${all('{}', '"stop"')}${usage}${doneFrame}`,
  ]
}

/** An event without text in a stream. */
export function emptyFrame({ model }: CallFacts): string {
  const head = headOf('chat.completion.chunk', model, unixSeconds())
  return frame(`{${head},"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}`)
}

function headOf(object: string, model: string, seconds: number): string {
  return `"id":"chatcmpl-simulated","object":"${object}","created":${seconds},"model":${JSON.stringify(model)}`
}

function usageOf(prompt: number, completion: number): string {
  return `"usage":{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion}}`
}

/** The body of a failure with a status. */
export function errorAnswer(status: number): string {
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  return `{"error":{"message":"A failure of the scenario","type":"${type}","param":null,"code":null}}`
}
