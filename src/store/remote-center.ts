import type { Center, CenterEvent, Link, LinkListener } from './center.ts'

/** Two ends that send each other messages, in order. */
export interface Channel {
  readonly send: (message: object) => void
  /** Called once, before anything is sent. */
  readonly onMessage: (listener: (message: unknown) => void) => void
}

type Method = Exclude<keyof Center, 'values'> | `values.${keyof Center['values']}`

interface Call {
  readonly call: number
  readonly method: Method
  readonly values: readonly unknown[]
}

type Answer =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }
  | { readonly event: CenterEvent }

/** A center that is reached through a channel, whose other end `hostCenter` serves. It is never away. */
export class RemoteCenter implements Link {
  readonly kind = 'workers'
  readonly center: Center
  readonly #channel: Channel
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  #count = 0

  constructor(channel: Channel) {
    this.#channel = channel
    this.center = this.#remote()
  }

  async open({ onUp, onEvent }: LinkListener): Promise<void> {
    this.#channel.onMessage(message => this.#hear(message as Answer, onEvent))
    await onUp()
  }

  async close(): Promise<void> {}

  #hear(message: Answer, onEvent: (event: CenterEvent) => void): void {
    if ('event' in message) return onEvent(message.event)
    if (!('answer' in message)) return
    const call = this.#calls.get(message.answer)
    this.#calls.delete(message.answer)
    if ('error' in message) call?.reject(new Error(message.error))
    else call?.resolve(message.value)
  }

  #ask(method: Method, values: readonly unknown[]): Promise<unknown> {
    const call = ++this.#count
    const answer = Promise.withResolvers<unknown>()
    this.#calls.set(call, answer)
    this.#channel.send({ call, method, values } satisfies Call)
    return answer.promise
  }

  #remote(): Center {
    const method =
      <K extends Exclude<keyof Center, 'values'>>(name: K) =>
      (...values: Parameters<Center[K]>) =>
        this.#ask(name, values) as ReturnType<Center[K]>
    const ofValues =
      <K extends keyof Center['values']>(name: K) =>
      (...values: Parameters<Center['values'][K]>) =>
        this.#ask(`values.${name}`, values) as ReturnType<Center['values'][K]>
    return {
      values: {
        get: ofValues('get'),
        set: ofValues('set'),
        delete: ofValues('delete'),
        clear: ofValues('clear'),
      },
      takeLeases: method('takeLeases'),
      giveLeases: method('giveLeases'),
      draw: method('draw'),
      use: method('use'),
      count: method('count'),
      post: method('post'),
      posts: method('posts'),
      epoch: method('epoch'),
      add: method('add'),
      totals: method('totals'),
      beat: method('beat'),
      leave: method('leave'),
    }
  }
}

/** Serves a center to who asks through the channel. */
export function hostCenter(join: (onEvent: (event: CenterEvent) => void) => Center, channel: Channel): void {
  const center = join(event => channel.send({ event }))
  channel.onMessage(message => {
    if (typeof message === 'object' && message !== null && 'call' in message) void answer(message as Call)
  })

  async function answer({ call, method, values }: Call): Promise<void> {
    try {
      const [name, inner] = method.split('.') as [keyof Center, keyof Center['values'] | undefined]
      const work = (inner ? center.values[inner] : center[name]) as (...values: unknown[]) => Promise<unknown>
      const owner = inner ? center.values : center
      channel.send({ answer: call, value: await work.apply(owner, [...values]) })
    } catch (error) {
      channel.send({ answer: call, error: String(error) })
    }
  }
}
