import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import type { Exchange } from '../../../src/server/exchange.ts'
import { Exporter } from '../../../src/server/otel/exporter.ts'
import type { ExporterOptions } from '../../../src/server/otel/exporter.ts'
import { Measuring } from '../../../src/server/otel/measuring.ts'

type Setup = Pick<ExporterOptions<unknown>, 'config' | 'log'>

/**
 * Sends a message to a collector that never answers, and closes what sent it once the message has arrived. The time for the
 * last messages is over at once, that for a single one never is.
 */
async function closeAtHangingCollector(
  t: Test,
  open: (setup: Setup) => { readonly send: () => void; readonly close: () => Promise<void> },
): Promise<void> {
  let received = 0
  const server = createServer(request => {
    received++
    request.resume().once('end', () => server.emit('message'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const limits: AbortController[] = []
  t.intercept(AbortSignal, 'timeout', {
    value: () => {
      limits.push(new AbortController())
      return limits.at(-1)!.signal
    },
  })
  const warnings: unknown[] = []
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = { endpoint, headers: {}, service_name: 's', sample: 1, content: false }
  const log = { info: () => {}, warn: (...told: unknown[]) => void warnings.push(told[1]) }
  const { send, close } = open({ config, log })
  const arrived = once(server, 'message')
  send()
  await arrived
  const closed = close()
  const [ofMessage, ofEnd] = limits
  t.notOk(ofMessage?.signal.aborted)
  ofEnd?.abort(new Error('the time for the last messages is over'))
  await closed
  t.equal(received, 1)
  t.match(warnings, [/cannot be reached/])
}

t.test('the last metrics wait for no message that a collector leaves unanswered', async t => {
  let tick = () => {}
  t.intercept(globalThis, 'setInterval', {
    value: (callback: () => void) => {
      tick = callback
      return setTimeout(() => {})
    },
  })
  await closeAtHangingCollector(t, setup => {
    const measuring = new Measuring({ ...setup, interval: 1, kindOf: () => 'openai' })
    const ended = {
      path: 'proxy',
      provider: 'a',
      model: 'm',
      reason: 'weighted' as const,
      outcome: 'ok' as const,
    }
    measuring.attemptEnded({ ...ended, status: 200, headMs: 1, totalMs: 2 }, {
      route: '/v1/chat/completions',
    } as Exchange)
    return { send: () => tick(), close: () => measuring.close() }
  })
})

t.test('the last traces wait for no message that a collector leaves unanswered', async t => {
  await closeAtHangingCollector(t, setup => {
    const exporter = new Exporter<string>({ ...setup, spansOf: () => Promise.resolve([]) })
    exporter.add('one')
    return {
      send: () => {
        void exporter.flush()
        exporter.add('two')
      },
      close: () => exporter.close(),
    }
  })
})
