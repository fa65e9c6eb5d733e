import { Caller, hasMark } from './channel.ts'
import type { Channel } from './channel.ts'
import type { Hub, HubConnection, HubEvent, HubListener } from './hub.ts'

/** The hub of another process, which serves it over a channel with `callHub`. It is always reachable. */
export class RemoteHub implements HubConnection {
  readonly kind = 'workers'
  readonly hub: Hub
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
    this.hub = hubOver(new Caller(channel))
  }

  async open({ onUp, onEvent }: HubListener): Promise<void> {
    this.#channel.onMessage(message => {
      if (hasMark(message, 'event')) onEvent((message as { event: HubEvent }).event)
    })
    await onUp()
  }

  async close(): Promise<void> {}
}

function hubOver(caller: Caller): Hub {
  const method =
    <K extends Exclude<keyof Hub, 'values'>>(name: K) =>
    (...values: Parameters<Hub[K]>) =>
      caller.call(name, values) as ReturnType<Hub[K]>
  const valueMethod =
    <K extends keyof Hub['values']>(name: K) =>
    (...values: Parameters<Hub['values'][K]>) =>
      caller.call(`values.${name}`, values) as ReturnType<Hub['values'][K]>
  return {
    values: {
      get: valueMethod('get'),
      set: valueMethod('set'),
      delete: valueMethod('delete'),
      clear: valueMethod('clear'),
    },
    takeLeases: method('takeLeases'),
    giveLeases: method('giveLeases'),
    draw: method('draw'),
    use: method('use'),
    settle: method('settle'),
    count: method('count'),
    charge: method('charge'),
    post: method('post'),
    notices: method('notices'),
    epoch: method('epoch'),
    add: method('add'),
    totals: method('totals'),
    heartbeat: method('heartbeat'),
    leave: method('leave'),
  }
}

/** Runs a call of a `RemoteHub` on the hub itself. */
export async function callHub(hub: Hub, method: string, values: readonly unknown[]): Promise<unknown> {
  const [, inner] = method.split('.')
  const owner = inner === undefined ? hub : hub.values
  const work = owner[(inner ?? method) as keyof typeof owner] as (
    ...values: readonly unknown[]
  ) => Promise<unknown>
  return await work.apply(owner, values as unknown[])
}
