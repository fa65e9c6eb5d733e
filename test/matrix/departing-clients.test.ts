import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { head, hold, sequence, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

interface Phase {
  readonly script: Action
  /** The channel on which undici tells that a call has reached the phase; undefined for one that has only been sent. */
  readonly reached?: string
  /** The text that the client hears before it leaves. */
  readonly heard?: string
}

const phases: Readonly<Record<string, Phase>> = {
  'before the head': { script: hold() },
  'behind the head': {
    script: sequence(head(200, { 'content-length': 100, 'content-type': 'application/json' }), hold()),
    reached: 'undici:request:headers',
  },
  'after the role': { script: stream([hold()]), reached: 'undici:request:bodyChunkReceived' },
  'in the middle of a stream': {
    script: stream(['one ', hold()]),
    reached: 'undici:request:bodyChunkReceived',
    heard: 'one ',
  },
}

/** Resolves when so many calls have reached a phase. */
function callsReach(t: Test, channel: string, count: number): Promise<void> {
  const calls = new Set<unknown>()
  return new Promise(resolve => {
    const onMessage = (message: unknown) => {
      calls.add((message as { request: unknown }).request)
      if (calls.size === count) resolve()
    }
    subscribe(channel, onMessage)
    t.teardown(() => unsubscribe(channel, onMessage))
  })
}

/** The connections to providers from here on. */
function followConnections(t: Test): readonly Socket[] {
  const sockets: Socket[] = []
  const channel = 'undici:client:connected'
  const onConnected = (message: unknown) => void sockets.push((message as { socket: Socket }).socket)
  subscribe(channel, onConnected)
  t.teardown(() => unsubscribe(channel, onConnected))
  return sockets
}

/** Resolves, when the server notices that its client has left, to the connections still open at the end of that turn. */
function openAfterLeaving({ running }: Served, sockets: readonly Socket[]): Promise<number> {
  const [exchange] = running.app.inFlight
  return new Promise(resolve => {
    exchange!.controller.signal.addEventListener(
      'abort',
      () => setImmediate(() => resolve(sockets.filter(({ destroyed }) => !destroyed).length)),
      { once: true },
    )
  })
}

for (const [where, { script, reached, heard = '' }] of Object.entries(phases))
  for (const [how, fields, calls] of [
    ['alone', {}, 1],
    ['of three branches', { model: '(bon|moa|none)-m' }, 3],
  ] as const)
    for (const leave of ['reset', 'end'] as const)
      t.test(`a client leaves ${where}, by ${leave}: its calls, ${how}, close in the same turn`, async t => {
        const sockets = followConnections(t)
        const server = await serve(t, [script])
        const begun = reached === undefined ? undefined : callsReach(t, reached, calls)
        const raw = server.client.open().ask({ stream: true, ...fields })
        await server.fakes[0]!.waitFor(calls)
        await begun
        // Branches are shown when they are put together.
        if (calls === 1) await raw.hears(heard)
        t.equal(sockets.length, calls)
        const open = openAfterLeaving(server, sockets)
        if (leave === 'reset') raw.leave()
        else raw.socket.end()
        t.equal(await open, 0)
        await Promise.all(server.fakes[0]!.requests.map(request => request.aborted))
      })
