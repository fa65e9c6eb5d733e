import type { Center, CenterEvent, Link, LinkListener } from './hub.ts'
import { Caller, hasMark } from './channel.ts'
import type { Channel } from './channel.ts'

/** A center that is reached through a channel, whose other end answers with `callCenter`. It is never away. */
export class RemoteCenter implements Link {
  readonly kind = 'workers'
  readonly center: Center
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
    this.center = remote(new Caller(channel))
  }

  async open({ onUp, onEvent }: LinkListener): Promise<void> {
    this.#channel.onMessage(message => {
      if (hasMark(message, 'event')) onEvent((message as { event: CenterEvent }).event)
    })
    await onUp()
  }

  async close(): Promise<void> {}
}

function remote(caller: Caller): Center {
  const method =
    <K extends Exclude<keyof Center, 'values'>>(name: K) =>
    (...values: Parameters<Center[K]>) =>
      caller.call(name, values) as ReturnType<Center[K]>
  const ofValues =
    <K extends keyof Center['values']>(name: K) =>
    (...values: Parameters<Center['values'][K]>) =>
      caller.call(`values.${name}`, values) as ReturnType<Center['values'][K]>
  return {
    values: {
      get: ofValues('get'),
      set: ofValues('set'),
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

/** Does what a `RemoteCenter` has called for. */
export async function callCenter(
  center: Center,
  method: string,
  values: readonly unknown[],
): Promise<unknown> {
  const [, inner] = method.split('.')
  const owner = inner === undefined ? center : center.values
  const work = owner[(inner ?? method) as keyof typeof owner] as (
    ...values: readonly unknown[]
  ) => Promise<unknown>
  return await work.apply(owner, values as unknown[])
}
