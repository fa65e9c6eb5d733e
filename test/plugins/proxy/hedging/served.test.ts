import t from 'tap'
import { answer, hold } from '../../../fake-provider.ts'
import { serve } from '../../../matrix/serve.ts'

const config = { approach: 'proxy', routing: { strategy: 'failover', hedge: { after: 0.01, budget: 0.5 } } }

t.test('a hedge is visible in headers, trace, log, stats and metrics, and nobody is blamed', async t => {
  const served = await serve(t, [hold(), answer('from b')], { config })
  const heard = await served.client.ask({ hulumanage_trace: true })
  t.equal(heard.status, 200)
  t.match(heard.headers, { 'x-hulumanage-provider': 'b', 'x-hulumanage-attempts': '2' })
  const { hulumanage_trace: trace } = JSON.parse(heard.text) as { hulumanage_trace: unknown }
  t.match(JSON.stringify(trace), /"provider":"a","outcome":"outpaced","ms":\d+/)
  t.match(JSON.stringify(trace), /"provider":"b","outcome":"ok","ms":\d+,"hedge":true/)
  t.match(served.log.join('\n'), /"provider":"a","hedge":"b","after_ms":10,.*asking another one as well/)
  const [request] = served.log.flatMap(line => (/"msg":"request"/.test(line) ? [line] : []))
  t.match(request, /"provider":"b"/)
  t.notMatch(request, /"failed"/, 'nobody has failed')
  const stats: unknown = JSON.parse((await served.client.get('/stats')).text)
  t.match(stats, {
    endpoints: {
      a: { requests: 1, successes: 0, failures: 0, cancelled: 1, success_rate: null, last_error: null },
      b: { requests: 1, successes: 1, failures: 0, cancelled: 0, success_rate: 1 },
    },
  })
  t.match((await served.client.get('/metrics')).text, /hulumanage_hedges_total\{outcome="won"\} 1/)
  t.strictSame(
    (await served.providers()).map(({ status, failures, active }) => [status, failures, active]),
    [
      ['healthy', 0, 0],
      ['healthy', 0, 0],
    ],
  )
})

t.test('a stream is hedged until its first content, and is the stream of one provider', async t => {
  const served = await serve(t, [hold(), answer('from b')], { config })
  const heard = await served.client.ask({ stream: true })
  t.equal(heard.headers['x-hulumanage-provider'], 'b')
  t.match(heard.text, /from[^]*b[^]*\[DONE\]/)
})
