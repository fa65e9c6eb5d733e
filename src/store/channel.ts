import { within } from '../time/within.ts'

/** One of two ends that send each other messages, which arrive in order. */
export interface Channel {
  readonly send: (message: object) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
}

/** Milliseconds an answer may take: that of a process that does little else comes at once, or never. */
const patienceMs = 5_000

interface Call {
  readonly call: number
  readonly method: string
  readonly values: readonly unknown[]
}

type Answer =
  { readonly answer: number; readonly value: unknown } | { readonly answer: number; readonly error: string }

/** Calls what the other end answers with `answerCalls`. */
export class Caller {
  readonly #channel: Channel
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #count = 0

  constructor(channel: Channel) {
    this.#channel = channel
    channel.onMessage(message => {
      if (hasMark(message, 'answer')) this.#settle(message as Answer)
    })
  }

  async call(method: string, values: readonly unknown[]): Promise<unknown> {
    const call = ++this.#count
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(call, answer)
    this.#channel.send({ call, method, values } satisfies Call)
    try {
      const late = () => new Error(`no answer to ${method} within ${patienceMs} ms`)
      return await within(answer.promise, patienceMs, late)
    } finally {
      this.#waiting.delete(call)
    }
  }

  #settle(message: Answer): void {
    const call = this.#waiting.get(message.answer)
    if ('error' in message) call?.reject(new Error(message.error))
    else call?.resolve(message.value)
  }
}

/** Answers the calls of the other end. What a handler throws is thrown there, with its words alone. */
export function answerCalls(
  channel: Channel,
  handle: (method: string, values: readonly unknown[]) => Promise<unknown>,
): void {
  const answer = async ({ call, method, values }: Call): Promise<void> => {
    try {
      channel.send({ answer: call, value: await handle(method, values) } satisfies Answer)
    } catch (error) {
      channel.send({ answer: call, error: String(error) } satisfies Answer)
    }
  }
  channel.onMessage(message => {
    if (hasMark(message, 'call')) void answer(message as Call)
  })
}

/** Whether a message is of a kind. Both ends are of one program, so it then is all that its kind says. */
export function hasMark(message: unknown, mark: string): boolean {
  return typeof message === 'object' && message !== null && mark in message
}
