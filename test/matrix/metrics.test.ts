import { readFileSync } from 'node:fs'
import t from 'tap'
import { noPrometheus, PrometheusServer, promtool } from '../prometheus.ts'
import { answer, error, json } from '../fake-provider.ts'
import { canaries } from './canaries.ts'
import { configText, serve, writeConfig } from './serve.ts'
import type { ServeOptions, Served } from './serve.ts'

const usage = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 20 },
}

/** An answer with usage. */
function whole(text = 'fine') {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  return json({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage })
}

async function scrape(server: Served): Promise<string> {
  return (await server.client.get('/metrics')).text
}

/** The value of a series as it is written in the text of Prometheus; undefined if there is no such series. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find(one => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

/** Waits until requests that have been answered are counted: that is when their connections have noticed. */
async function counted(server: Served, requests: number): Promise<string> {
  for (;;) {
    const text = await scrape(server)
    const series = /^hulumanage_requests_total\{route="\/v1\/chat\/completions",status="\d+"\} (\d+)$/gm
    const sum = [...text.matchAll(series)].reduce((total, [, count]) => total + Number(count), 0)
    if (sum >= requests) return text
    await new Promise(setImmediate)
  }
}

t.test('a provider that fails is down, and its calls are counted as failovers by reason', async t => {
  const config = { routing: { failure_threshold: 1 } }
  const server = await serve(t, [error(401), whole()], { config })
  await server.client.ask()
  const text = await counted(server, 1)
  t.equal(valueOf(text, 'hulumanage_provider_up{provider="a"}'), 0)
  t.equal(valueOf(text, 'hulumanage_provider_up{provider="b"}'), 1)
  const failover = 'hulumanage_failovers_total{from="a",to="b",reason="upstream_auth"}'
  t.equal(valueOf(text, failover), 1)
})

t.test('a retry of the same provider is not a failover', async t => {
  const entries = [{ retries: { max: 1, delay: 0.001 } }]
  const server = await serve(t, [[error(500), whole()]], { entries })
  await server.client.ask()
  const text = await counted(server, 1)
  t.equal(valueOf(text, 'hulumanage_retries_total{provider="a",reason="retry"}'), 1)
  t.notMatch(text, /^hulumanage_failovers_total\{/m)
})

t.test(
  'tokens are counted by provider, model and kind, and those of discarded answers are wasted',
  async t => {
    const server = await serve(t, [whole()])
    await server.client.ask({ model: 'm' })
    await server.client.ask({ model: 'majority_voting-m', hulumanage_params: { majority_voting: { k: 2 } } })
    const text = await counted(server, 2)
    const calls = valueOf(text, 'hulumanage_upstream_attempts_total{provider="a",model="m",outcome="ok"}')!
    const of = (kind: string) => `hulumanage_upstream_tokens_total{provider="a",model="m",kind="${kind}"}`
    t.equal(valueOf(text, of('prompt')), 100 * calls)
    t.equal(valueOf(text, of('completion')), 50 * calls)
    const details = 'hulumanage_upstream_token_details_total{provider="a",model="m",kind='
    t.equal(valueOf(text, `${details}"cached"}`), 60 * calls)
    t.equal(valueOf(text, `${details}"reasoning"}`), 20 * calls)
    const wasted = valueOf(text, 'hulumanage_wasted_tokens_total')!
    t.ok(wasted > 0 && wasted < 150 * calls, `${wasted} of ${150 * calls}`)
  },
)

t.test('answers are timed by model and chain, and their calls counted', async t => {
  const server = await serve(t, [whole()])
  await server.client.ask({ model: 'm' })
  await server.client.ask({ model: 're2-m' })
  const text = await counted(server, 2)
  for (const approach of ['proxy', 'proxy-re2']) {
    for (const name of ['duration', 'first'])
      t.equal(
        valueOf(text, `hulumanage_answer_${name}_seconds_count{model="m",approach="${approach}"}`),
        1,
        `${name} of ${approach}`,
      )
    t.equal(valueOf(text, `hulumanage_calls_per_answer_sum{approach="${approach}"}`), 1)
  }
})

t.test('answers of the cache are counted by what it did', async t => {
  const server = await serve(t, [whole()], { config: { cache: { enabled: true } } })
  await server.client.ask()
  await server.client.ask()
  const text = await counted(server, 2)
  t.equal(valueOf(text, 'hulumanage_cache_answers_total{status="miss"}'), 1)
  t.equal(valueOf(text, 'hulumanage_cache_answers_total{status="hit"}'), 1)
})

t.test('a budget that runs out is counted, and without an answer all tokens are wasted', async t => {
  const server = await serve(t, [whole()])
  const hulumanage_budget = { tokens: 200 }
  // Two drafts that agree are merged; more of them would be the answer.
  const two = { hulumanage_params: { moa: { n: 2 } } }
  t.equal((await server.client.ask({ model: 'moa-m', hulumanage_budget, ...two })).status, 200)
  const text = await counted(server, 1)
  t.equal(valueOf(text, 'hulumanage_budget_cuts_total{budget="tokens",result="answer"}'), 1)
  const before = valueOf(text, 'hulumanage_wasted_tokens_total') ?? 0
  t.equal(
    (await server.client.ask({ model: 'plansearch-m', hulumanage_budget: { tokens: 100 } })).status,
    429,
  )
  const after = await counted(server, 2)
  t.equal(valueOf(after, 'hulumanage_budget_cuts_total{budget="tokens",result="error"}'), 1)
  t.equal(valueOf(after, 'hulumanage_wasted_tokens_total'), before + 150)
})

t.test('a client over its rate limit is counted by name and limit', async t => {
  const key = 'key-of-ann-0123456789'
  const clients = [{ name: 'ann', key, rate_limit: { requests: 1 } }]
  const server = await serve(t, [[answer()]], { config: { clients } })
  for (const _ of [1, 2]) await server.client.ask({}, { authorization: `Bearer ${key}` })
  const text = await counted(server, 2)
  t.equal(valueOf(text, 'hulumanage_client_refusals_total{client="ann",limit="rate_limit"}'), 1)
})

t.test('calls in the queue are counted, and their waits timed', async t => {
  const entries = [{ max_concurrent: 1 }]
  const server = await serve(t, [[answer(), answer(), answer()]], { entries })
  await Promise.all([server.client.ask(), server.client.ask(), server.client.ask()])
  const text = await counted(server, 3)
  t.equal(valueOf(text, 'hulumanage_provider_limit{provider="a"}'), 1)
  t.equal(valueOf(text, 'hulumanage_provider_active{provider="a"}'), 0)
  t.equal(valueOf(text, 'hulumanage_queue_waiting'), 0)
  t.equal(valueOf(text, 'hulumanage_queue_limit'), 200)
  t.equal(valueOf(text, 'hulumanage_queue_wait_seconds_count{result="slot"}'), 2)
})

t.test('the server says what it is, and process and Node report their figures', async t => {
  const server = await serve(t, [whole()])
  const text = await scrape(server)
  t.match(text, /^hulumanage_build_info\{version="\d[^"]*",node="v\d[^"]*"\} 1$/m)
  t.equal(valueOf(text, 'hulumanage_config_last_reload_successful'), 1)
  const loaded = valueOf(text, 'hulumanage_config_last_reload_success_timestamp_seconds')!
  t.ok(loaded <= Date.now() / 1000 && loaded > Date.now() / 1000 - 300)
  t.match(text, /^process_resident_memory_bytes \d/m)
  t.match(text, /^nodejs_heap_size_used_bytes \d/m)
})

t.test('an invalid edit of the configuration is a metric until it is corrected', async t => {
  const server = await serve(t, [whole()])
  const reload = server.reloader()
  writeConfig(t, 'providers: 7')
  reload()
  t.equal(valueOf(await scrape(server), 'hulumanage_config_last_reload_successful'), 0)
  writeConfig(t, configText(server.fakes, {}))
  reload()
  t.equal(valueOf(await scrape(server), 'hulumanage_config_last_reload_successful'), 1)
})

t.test('names that clients make up do not add series without bound', async t => {
  const server = await serve(t, [[...Array.from({ length: 300 }, () => error(404)), answer()]])
  const seriesIn = (text: string) => text.split('\n').filter(line => line.startsWith('hulumanage_')).length
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        server.client.ask({ model: `made-up-${round}-${index}` }, { 'x-session-id': `s-${round}-${index}` }),
      ),
    )
  }
  const before = seriesIn(await counted(server, 300))
  t.ok(before < 500, `${before} series`)
  await server.client.ask({ model: 'real' })
  const text = await counted(server, 301)
  t.match(
    text,
    /attempts_total\{provider="a",model="real",outcome="ok"\} 1/,
    'a model that works has a series',
  )
})

t.test('what the configuration names is counted from zero, so that rate() sees the first event', async t => {
  const entries = [{ models: ['m', 'local/*'], model_map: { n: 'its-n' } }, { models: ['m'] }]
  const key = 'key-of-ann-0123456789'
  const clients = [{ name: 'ann', key, rate_limit: { requests: 1 } }]
  const server = await serve(t, [error(500), whole()], { entries, config: { clients } })
  const zeros = [
    'upstream_attempts_total{provider="a",model="n",outcome="ok"}',
    'upstream_attempts_total{provider="b",model="m",outcome="upstream_timeout"}',
    'upstream_tokens_total{provider="a",model="m",kind="prompt"}',
    'failovers_total{from="a",to="b",reason="upstream_error"}',
    'retries_total{provider="a",reason="retry"}',
    'requests_total{route="/v1/chat/completions",status="502"}',
    'failures_total{route="/v1/messages",code="upstream_timeout"}',
    'request_duration_seconds_count{route="/v1/responses"}',
    'client_refusals_total{client="ann",limit="budget"}',
    'budget_cuts_total{budget="usd",result="error"}',
    'cache_answers_total{status="hit"}',
    'hedges_total{outcome="won"}',
    'malformed_events_total{provider="b"}',
    'stream_recoveries_total{way="continue"}',
    'queue_wait_seconds_count{result="slot"}',
    'tokens_total{kind="completion"}',
    'wasted_tokens_total',
  ]
  const before = await scrape(server)
  t.same(
    zeros.filter(series => valueOf(before, `hulumanage_${series}`) !== 0),
    [],
  )
  t.notMatch(before, /from="a",to="a"|local/, 'no series that cannot be')
  const unseen =
    /^hulumanage_failures_total\{.*code="(?:config_invalid|step_invalid|plugin_failed|outpaced)"/m
  t.notMatch(before, unseen, 'no error that ends no request')
  await server.client.ask({ model: 'm' }, { authorization: `Bearer ${key}` })
  const after = await counted(server, 1)
  t.equal(valueOf(after, 'hulumanage_failovers_total{from="a",to="b",reason="upstream_error"}'), 1)
  t.equal(after.match(/^hulumanage_failovers_total\{from="a",to="b",reason="upstream_error"\}/gm)?.length, 1)
})

t.test('series that are too many do not begin at zero', async t => {
  const models = Array.from({ length: 60 }, (_, index) => `m-${index}`)
  const server = await serve(t, [whole()], { entries: [{ models }] })
  t.notMatch(await scrape(server), /^hulumanage_upstream_attempts_total\{/m)
  await server.client.ask({ model: 'm-0' })
  t.match(await counted(server, 1), /^hulumanage_upstream_attempts_total\{.*outcome="ok"\} 1$/m)
})

t.test('the documentation lists exactly the metrics that are served', async t => {
  const server = await serve(t, [whole()])
  const served = [...(await scrape(server)).matchAll(/^# TYPE (hulumanage_\w+) /gm)].map(([, name]) => name!)
  const page = readFileSync(new URL('../../docs/monitoring/metrics.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(hulumanage_\w+)`/gm)].map(([, name]) => name!)
  t.same(documented.toSorted(), served.toSorted())
})

/** Traffic with a failover, an approach and an answer of the cache. */
async function busy(t: Parameters<typeof serve>[0], more: ServeOptions['config'] = {}): Promise<Served> {
  const server = await serve(t, [error(500), whole()], { config: { cache: { enabled: true }, ...more } })
  await server.client.ask()
  await server.client.ask({ model: 'bon-m' })
  await server.client.ask()
  await counted(server, 3)
  return server
}

t.test('promtool finds no fault with the metrics', { skip: noPrometheus }, async t => {
  const server = await busy(t)
  const ours = (await scrape(server)).replace(/^.*\b(?:nodejs|process)_.*\n/gm, '')
  t.same(promtool(['check', 'metrics'], ours), { code: 0, text: '' })
})

t.test('a real Prometheus scrapes the metrics', { skip: noPrometheus }, async t => {
  const server = await busy(t)
  const prometheus = await PrometheusServer.start(t, { port: server.port, key: canaries.client })
  t.same(await prometheus.values('up{job="hulumanage"} == 1'), [1])
  t.same(await prometheus.values('hulumanage_provider_up{provider="b"}'), [1])
  t.same(await prometheus.values('sum(hulumanage_requests_total{route="/v1/chat/completions"})'), [3])
})
