import t from 'tap'
import { answer, error, stream } from '../../fake-provider.ts'
import { freePort } from '../../fake-provider/ports.ts'
import { serve } from '../../matrix/serve.ts'
import type { Served } from '../../matrix/serve.ts'
import { Collector, valueOf } from './collector.ts'
import type { DataPoint } from './collector.ts'

function linesOf({ log }: Served, words: string): readonly string[] {
  return log.filter(line => line.includes(words))
}

t.test('metrics have the tokens and the time of each attempt, summed since the start', async t => {
  const collector = new Collector()
  const port = await collector.listen(t)
  const otel = { endpoint: `http://127.0.0.1:${port}`, metrics_interval: 1, sample: 0 }
  const server = await serve(t, [error(500), answer('fine')], { config: { otel } })
  await server.client.ask({ model: 'm' })
  const total = (points: readonly DataPoint[]) => points.reduce((sum, each) => sum + Number(each.count), 0)
  const [failed, answered] = await collector.points(
    'gen_ai.client.operation.duration',
    points => total(points) === 2,
  )
  t.equal(valueOf(failed!, 'error.type'), 'upstream_error')
  t.equal(valueOf(failed!, 'hulumanage.provider'), 'a')
  t.equal(valueOf(answered!, 'error.type'), undefined)
  t.equal(valueOf(answered!, 'gen_ai.operation.name'), 'chat')
  t.equal(valueOf(answered!, 'gen_ai.provider.name'), 'openai')
  t.equal(valueOf(answered!, 'gen_ai.request.model'), 'm')
  const tokens = await collector.points('gen_ai.client.token.usage', points => points.length > 0)
  t.same(
    tokens.map(each => valueOf(each, 'gen_ai.token.type')),
    ['input', 'output'],
  )
  for (const point of [failed!, answered!, ...tokens]) {
    t.equal(point.bucketCounts.length, point.explicitBounds.length + 1)
    t.equal(
      point.bucketCounts.reduce((sum, each) => sum + Number(each), 0),
      Number(point.count),
    )
    const bucket = point.bucketCounts.indexOf('1')
    t.ok(
      point.sum <= (point.explicitBounds[bucket] ?? Infinity) &&
        point.sum > (point.explicitBounds[bucket - 1] ?? -1),
    )
    t.ok(point.min === point.sum && point.max === point.sum)
  }
  await server.client.ask({ model: 'm' })
  const again = await collector.points('gen_ai.client.operation.duration', points => total(points) > 2)
  t.equal(again[0]!.startTimeUnixNano, failed!.startTimeUnixNano)
  t.same(collector.spans, [], 'no trace, as none is wanted')
})

t.test('the time to the first chunk is measured for streams alone', async t => {
  const collector = new Collector()
  const port = await collector.listen(t)
  const otel = { endpoint: `http://127.0.0.1:${port}`, metrics_interval: 3600, sample: 0 }
  const server = await serve(t, [[answer('whole'), stream(['in ', 'parts'])]], { config: { otel } })
  await server.client.ask()
  await server.client.ask({ stream: true })
  await server.running.stop()
  const countOf = (name: string) => {
    const points = collector.metrics.find(each => each.name === name)?.histogram.dataPoints ?? []
    return points.map(({ count }) => count)
  }
  t.same(countOf('gen_ai.client.operation.duration'), ['2'])
  t.same(countOf('gen_ai.client.operation.time_to_first_chunk'), ['1'])
})

t.test('a collector that was away gets the sums of that time', async t => {
  const port = await freePort()
  const otel = { endpoint: `http://127.0.0.1:${port}`, metrics_interval: 1, sample: 0 }
  const server = await serve(t, [answer()], { config: { otel } })
  await server.client.ask()
  while (linesOf(server, 'collector of metrics cannot be reached').length === 0)
    await new Promise(setImmediate)
  const back = new Collector()
  await back.listen(t, port)
  const [point] = await back.points('gen_ai.client.operation.duration', points => points.length > 0)
  t.equal(point!.count, '1')
  while (linesOf(server, 'collector of metrics is back').length === 0) await new Promise(setImmediate)
  t.equal(linesOf(server, 'collector of metrics cannot be reached').length, 1)
})

t.test('a server that ends sends its metrics before', async t => {
  const collector = new Collector()
  const port = await collector.listen(t)
  const otel = { endpoint: `http://127.0.0.1:${port}`, metrics_interval: 3600, sample: 0 }
  const server = await serve(t, [answer()], { config: { otel } })
  await server.client.ask()
  await server.running.stop()
  t.equal(collector.metrics.length, 2)
})
