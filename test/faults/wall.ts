import { error, hold, reset, sequence, stream, write } from '../fake-provider.ts'
import type { Action, ReceivedRequest, Script } from '../fake-provider.ts'

/** The whole answer, which every healthy provider gives. */
export const wholeAnswer = Array.from({ length: 60 }, (_, index) => `word${index + 1}`).join(' ')

/** The pieces in which it is streamed. */
const words = wholeAnswer.match(/\S+ ?/g) ?? []

/** Streams the whole answer. */
export const healthy: Action = stream(words)

/** The answer up to some word, then what follows. */
export function upTo(count: number, ...rest: readonly Action[]): Action {
  return stream([...words.slice(0, count), ...rest], { finish: null, done: false })
}

/** The whole answer with an action before one of its words. */
export function withBefore(count: number, action: Action): Action {
  return stream([...words.slice(0, count), action, ...words.slice(count)])
}

/** The whole answer, and the regular end of the body, but no end mark. */
export const withoutMark: Action = stream(words, { done: false })

/** One fault for the first request, and the whole answer for the next; `note` is called when either has arrived. */
export function once(fault: Action, note = () => {}): Script {
  const noted = (action: Action) => () => {
    note()
    return action
  }
  return [noted(fault), noted(healthy)]
}

/** Refuses a conversation that ends with the model's own words; answers any other. */
export const noPrefill: Action = ({ request }) =>
  lastRole(request) === 'assistant' ? refused('invalid_prefill') : healthy

export const limited = (headers = {}): Action =>
  error(
    429,
    { error: { message: 'Rate limit reached', type: 'rate_limit_error', param: null, code: null } },
    headers,
  )

/** Refuses the request for a reason with a code. */
export function refused(code: string): Action {
  return error(400, {
    error: { message: `Refused: ${code}`, type: 'invalid_request_error', param: 'messages', code },
  })
}

/** Sends the head of a stream at once, and its first content long after. */
export const silentStream: Action = stream([hold()], { role: false, finish: null, done: false })

export const malformed: Action = write('data: {"id": "x", "choices": [{"delta": {"content": \n\n')

export const cut: Action = sequence(reset())

function lastRole({ body }: ReceivedRequest): unknown {
  return (body['messages'] as readonly { readonly role?: unknown }[] | undefined)?.at(-1)?.role
}
