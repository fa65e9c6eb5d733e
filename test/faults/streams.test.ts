import t from 'tap'
import type { Test } from 'tap'
import { impatientShare } from '../../plugins/proxy/impatience.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { error, hold, reset } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import { dataOf, textOf } from '../matrix/client.ts'
import type { Heard } from '../matrix/client.ts'
import { serve } from '../matrix/serve.ts'
import type { Served, ServeOptions } from '../matrix/serve.ts'
import { TestClock } from '../test-clock.ts'
import { rows } from './table.ts'
import type { Verdict } from './table.ts'
import {
  cut,
  healthy,
  limited,
  malformed,
  noPrefill,
  once,
  refused,
  silentStream,
  upTo,
  wholeAnswer,
  withBefore,
  withoutMark,
} from './wall.ts'

/** The length of a second here, which is shorter for the time limits that a scenario waits for. */
const second = 0.05

/**
 * The configuration that the methodology gives to every system: 30 s for a request and between two events, two retries, and
 * one fallback. Everything else has its default. No limit runs out by chance where a scenario waits for none.
 */
function baselineFor({ runsOut = false }: Scenario): NonNullable<ConfigInput['timeouts']> {
  const limit = 30 * (runsOut ? second : 1)
  return { request: limit, idle: limit }
}
const retries = { max: 2, delay: second / 10 }

type Setting = Pick<ServeOptions, 'config' | 'entries'>

/** A second provider that serves the model under a name of its own. */
const byProvider: Setting = {
  entries: [
    { retries, context_windows: { m: 8_192 } },
    { fallback_only: true, model_map: { m: 'fallback' }, context_windows: { fallback: 128_000 } },
  ],
}

/** The two ways of having a fallback: another provider, or another model. */
const settings: Readonly<Record<string, Setting>> = {
  'a fallback provider': byProvider,
  'a fallback model': {
    config: { fallbacks: { any: { m: ['fallback'] }, context: { m: ['fallback'] } } },
    entries: [{ retries, models: ['m'] }, { models: ['fallback'] }],
  },
}

/** One request and its traces at both ends. */
interface Run {
  readonly server: Served
  readonly heard: Heard
  /** The numbers of calls to the primary and to the fallback. */
  readonly calls: readonly [number, number]
}

interface Scenario {
  readonly primary: Script
  readonly fallback?: Script
  /** Whether it waits for a time limit. */
  readonly runsOut?: boolean
  /** Whether an error is the right end. */
  readonly wantsError?: boolean
  /** Whether the calls and the answer are as they must be, and as they should be. */
  readonly must?: (run: Run) => boolean
  readonly should?: (run: Run) => boolean
}

const few = ({ calls }: Run) => calls[0] <= 4
const again = ({ calls }: Run) => calls[0] >= 2
const oneCall = ({ calls }: Run) => calls[0] === 1
const overloaded = error(503)

const scenarios: Readonly<Record<string, Scenario>> = {
  S01: {
    primary: once(limited({ 'retry-after-ms': String(2 * second * 1000) }), noteArrival),
    should: waits,
  },
  S02: { primary: limited(), must: few },
  S03: { primary: once(error(500)), should: again },
  S04: { primary: overloaded, must: few },
  S05: { primary: once(reset()) },
  S06: { primary: hold(), runsOut: true, should: oneCall },
  S07: {
    primary: silentStream,
    runsOut: true,
    should: ({ server }) => firstTokenLimit(server) <= 15 * second,
  },
  S08: { primary: upTo(40, cut) },
  S09: { primary: upTo(20, hold()), runsOut: true },
  S10: { primary: withBefore(10, malformed), should: ({ calls }) => calls[1] === 0 },
  S11: { primary: withoutMark, should: hasUsage },
  S12: { primary: refused('context_length_exceeded'), must: oneCall },
  S13: { primary: refused('content_policy_violation'), wantsError: true, must: oneCall },
  S14: { primary: upTo(40, cut), fallback: noPrefill },
  S16: {
    primary: overloaded,
    must: run => few(run) && modelsIn(run.heard).every(model => model === 'fallback'),
    should: hasUsage,
  },
}

/** The times at which calls of S01 have arrived. */
const arrivals: number[] = []

function noteArrival(): void {
  arrivals.push(performance.now())
}

/** Whether the second call comes no sooner than the first was told; a timer may be early by a millisecond. */
function waits(run: Run): boolean {
  const [first = 0, next = 0] = arrivals
  return again(run) && next - first >= 2 * second * 1000 - 1
}

/** The time to the first content after which another provider or model is asked. */
function firstTokenLimit({ loaded }: Served): number {
  const { first_token: own, request = Number.POSITIVE_INFINITY } = loaded.config.timeouts
  return own ?? request * impatientShare
}

function eventsIn({ text }: Heard): readonly { readonly usage?: object | null; readonly model?: string }[] {
  return dataOf(text)
    .filter(data => data !== '[DONE]')
    .map(data => JSON.parse(data) as { usage?: object | null; model?: string })
}

function hasUsage({ heard }: Run): boolean {
  return eventsIn(heard).some(({ usage }) => usage != null)
}

function modelsIn(heard: Heard): readonly (string | undefined)[] {
  return eventsIn(heard).map(({ model }) => model)
}

/** Whether a client takes the answer for a whole one. */
function looksWhole({ status, text }: Heard): boolean {
  return status === 200 && dataOf(text).at(-1) === '[DONE]'
}

const asked = { stream: true, stream_options: { include_usage: true } }

async function run(
  t: Test,
  scenario: Scenario,
  { config, entries = [] }: Setting = byProvider,
): Promise<Run> {
  const { primary, fallback = healthy } = scenario
  const timeouts = baselineFor(scenario)
  const server = await serve(t, [primary, fallback], { config: { timeouts, ...config }, entries })
  const heard = await server.client.ask(asked)
  const [first = 0, second = 0] = server.received
  return { server, heard, calls: [first, second] }
}

/** As the methodology judges: an answer must be whole or an error, and every failed check costs. */
function verdictOf({ wantsError = false, must, should }: Scenario, ended: Run): Verdict {
  const { heard } = ended
  const isWhole = looksWhole(heard)
  if (isWhole && textOf(heard) !== wholeAnswer) return 'fail'
  if (must?.(ended) === false) return 'fail'
  if (isWhole === wantsError) return wantsError ? 'partial' : 'safe'
  return should?.(ended) === false ? 'partial' : 'pass'
}

for (const { id, title, verdict } of rows) {
  const scenario = scenarios[id]
  if (!scenario) continue
  for (const [name, setting] of Object.entries(settings))
    t.test(`${id}, ${title}, with ${name}: ${verdict}`, async t => {
      arrivals.length = 0
      const ended = await run(t, scenario, setting)
      t.equal(verdictOf(scenario, ended), verdict, ended.heard.text.slice(-300))
      for (const fake of ended.server.fakes) fake.script(healthy)
      t.equal(textOf(await ended.server.client.ask(asked)), wholeAnswer, 'and the next request is answered')
    })
}

t.test('S13: the client gets the reason of the service', async t => {
  const { heard } = await run(t, scenarios['S13']!)
  t.equal(heard.status, 400)
  t.match(JSON.parse(heard.text), { error: { code: 'content_policy_violation' } })
})

t.test(`S15, flapping: ${rows.find(({ id }) => id === 'S15')?.verdict}`, async t => {
  const clock = TestClock.start(t)
  const server = await serve(t, [overloaded, healthy], {
    config: { timeouts: baselineFor({ primary: overloaded }) },
    ...byProvider,
  })
  const serves = async () => textOf(await server.client.ask(asked)) === wholeAnswer
  for (let request = 0; request < 15; request++) t.ok(await serves(), 'the fallback serves the outage')
  t.ok(server.received[0]! <= 15, `${server.received[0]} calls for 15 requests`)
  server.fakes[0]!.script(healthy)
  const before = server.received[0]!
  for (let waited = 0; waited + 4 <= 30 && server.received[0] === before; waited += 4) {
    await clock.pass(4)
    t.ok(await serves())
  }
  t.ok(
    server.received[0]! > before,
    'the provider is asked again within 30 s, also if requests are 4 s apart',
  )
})

t.test('the table names each of the sixteen scenarios once', async t => {
  t.same(new Set([...Object.keys(scenarios), 'S15']), new Set(rows.map(({ id }) => id)))
  t.equal(rows.length, 16)
})
