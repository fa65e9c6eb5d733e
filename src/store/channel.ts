import { messageOf } from '../contract/errors.ts'
import { within } from '../time/within.ts'
import { detach } from '../time/background.ts'

/** One end of a connection between two processes. Messages arrive in the order they were sent. */
export interface Channel {
  readonly send: (message: object) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
}

/** Time limit of a call in milliseconds. The other process does little else: it answers at once or never. */
const timeoutMs = 5_000

interface CallMessage {
  readonly call: number
  readonly method: string
  readonly values: readonly unknown[]
}

type AnswerMessage =
  { readonly answer: number; readonly value: unknown } | { readonly answer: number; readonly error: string }

/** Calls methods that the other end serves with `answerCalls`. */
export class Caller {
  readonly #channel: Channel
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #count = 0

  constructor(channel: Channel) {
    this.#channel = channel
    channel.onMessage(message => {
      if (hasMark(message, 'answer')) this.#receive(message as AnswerMessage)
    })
  }

  async call(method: string, values: readonly unknown[]): Promise<unknown> {
    const call = ++this.#count
    const answer = Promise.withResolvers<unknown>()
    this.#pending.set(call, answer)
    this.#channel.send({ call, method, values } satisfies CallMessage)
    try {
      const late = () => new Error(`no answer to ${method} within ${timeoutMs} ms`)
      return await within(answer.promise, timeoutMs, late)
    } finally {
      this.#pending.delete(call)
    }
  }

  #receive(message: AnswerMessage): void {
    const pending = this.#pending.get(message.answer)
    if ('error' in message) pending?.reject(new Error(message.error))
    else pending?.resolve(message.value)
  }
}

/** Answers the calls of the other end. If `handle` rejects, the call rejects there with the same message. */
export function answerCalls(
  channel: Channel,
  handle: (method: string, values: readonly unknown[]) => Promise<unknown>,
): void {
  const answer = async ({ call, method, values }: CallMessage): Promise<void> => {
    try {
      channel.send({ answer: call, value: await handle(method, values) } satisfies AnswerMessage)
    } catch (error) {
      channel.send({ answer: call, error: messageOf(error) } satisfies AnswerMessage)
    }
  }
  channel.onMessage(message => {
    if (hasMark(message, 'call')) detach(answer(message as CallMessage), 'answering another process')
  })
}

/**
 * Whether a message has the field that marks its kind. Both ends run the same program, so its other fields are not
 * checked.
 */
export function hasMark(message: unknown, mark: string): boolean {
  return typeof message === 'object' && message !== null && mark in message
}
