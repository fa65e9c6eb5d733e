import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { mock } from 'node:test'
import { Writable } from 'node:stream'
import t from 'tap'
import { EventStream, stallMs } from '../../../src/server/stream/event-stream.ts'
import type { Owner } from '../../fake-provider/ports.ts'

/** The part of a response that EventStream uses, over a reader that the test controls. */
class FakeResponse extends Writable {
  readonly written: string[] = []
  #take: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 8, decodeStrings: false })
  }

  writeHead(): this {
    return this
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.written.push(text)
    this.#take = done
  }

  /** Reads what was written last. */
  take(): void {
    const done = this.#take
    this.#take = undefined
    done?.()
  }
}

// Timers of its own for each test: Node's mock timers lose count once a timer that has fired is cleared.
const MockTracker = mock.constructor as new () => typeof mock

/** A stream in virtual time. */
function open(t: Owner, heartbeatSeconds = 10) {
  const { timers } = new MockTracker()
  timers.enable({ apis: ['setTimeout', 'setInterval'] })
  t.teardown(() => timers.reset())
  const response = new FakeResponse()
  // The fake has everything that EventStream uses.
  const events = new EventStream(response as unknown as ServerResponse, heartbeatSeconds)
  events.open({})
  return { response, events, timers }
}

/** Timers end with the close event, which must come before the clock is removed. */
async function close(response: FakeResponse): Promise<void> {
  response.destroy()
  if (!response.closed) await once(response, 'close')
}

const keepalive = ': keepalive\n'

t.test('an idle stream gets a comment with every heartbeat, a busy one does not', async t => {
  const { response, events, timers } = open(t, 10)
  for (let second = 0; second < 30; second += 4) {
    void events.write('data')
    response.take()
    timers.tick(4_000)
  }
  t.ok(response.written.every(text => text === 'data'))
  response.written.length = 0
  for (let second = 0; second < 30; second += 10) {
    timers.tick(10_000)
    response.take()
  }
  t.strictSame(response.written, [keepalive, keepalive, keepalive])
  await close(response)
})

t.test('writing waits for a slow reader, without comments meanwhile', async t => {
  const { response, events } = open(t)
  const drained = events.write('a long frame')
  t.ok(drained)
  events.comment('lost')
  response.take()
  await drained
  events.comment('seen')
  t.strictSame(response.written, ['a long frame', ': seen\n'])
  await close(response)
})

t.test('a reader that stalls before the last bytes is cut off as well', async t => {
  const { response, events, timers } = open(t)
  events.end('the end')
  timers.tick(60_000)
  t.ok(response.destroyed)
  await close(response)
})

t.test('nothing is written after the end', async t => {
  const { response, events, timers } = open(t, 10)
  events.end('the end')
  response.take()
  events.comment('late')
  t.equal(events.write('later'), undefined)
  timers.tick(60_000)
  t.strictSame(response.written, ['the end'])
  await close(response)
})

t.test('a reader that stalls for a minute is cut off', async t => {
  const { response, events, timers } = open(t)
  const drained = events.write('a long frame')
  timers.tick(59_999)
  t.notOk(response.destroyed)
  timers.tick(1)
  t.ok(response.destroyed)
  await t.rejects(drained!, { code: 'client_closed' })
  await t.rejects(events.write('more')!, { code: 'client_closed' })
})

for (const way of ['end', 'break'] as const) {
  t.test(`\`${way}\` of a stream whose client has left starts no timer`, async t => {
    const { response, events, timers } = open(t)
    t.equal(events.write('unread'), undefined)
    await close(response)
    response.on('error', () => {})
    events[way]('rest\n\n')
    let wasClosedAgain = false
    response.destroy = () => {
      wasClosedAgain = true
      return response
    }
    timers.tick(stallMs)
    t.notOk(wasClosedAgain)
  })
}
