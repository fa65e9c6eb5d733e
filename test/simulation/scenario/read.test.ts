import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { readSimulation } from '../../../src/cli/simulation/read.ts'
import { runSimulation } from '../../../src/cli/simulation/run.ts'
import { ConfigError } from '../../../src/config/problems.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { readScenario } from '../../../src/simulation/scenario/read.ts'
import { common, service, writeScenario } from '../run.ts'

/** The lines of the error for a scenario, without its path. */
function linesOf(error: unknown): string[] {
  if (!(error instanceof ConfigError)) throw error
  return error.message.split('\n').map(line => line.trim().replace(/^\S*scenario\.yaml:/, ''))
}

function problemsIn(t: Test, text: string, flags: object = {}): string[] {
  const folder = t.testdir({ 'scenario.yaml': text })
  try {
    readScenario(join(folder, 'scenario.yaml'), flags)
    return []
  } catch (error) {
    return linesOf(error)
  }
}

t.test('all problems of a file are reported at once, with their places', async t => {
  const text = `rps: fast
minute: 3
requests:
  - { model: m, prompt_tokens: { p50: 900, p95: 100 } }
providers:
  main:
    frist_token_ms: 100
    token_ms: { mean: 3, max: 9 }
    errors: { 500: 0.9, reset: 0.2, broken: 0.1 }
    outages: [{ from: 60, until: 30 }]
`
  t.same(problemsIn(t, text), [
    'the scenario has 6 problems:',
    '1:1 rps[0].rps: expected a number from 0 to 1000000, got "fast"',
    '4:17 requests[0].prompt_tokens: p50 must be above 0 and not greater than the other percentile',
    '8:5 providers.main.token_ms: must be a number, or have one of: mean; min and max; p50 and p95; p50 and p99; quantiles',
    '9:37 providers.main.errors.broken: invalid key: expected a status from 400 to 599, or one of refused, reset, hang, cut, garbage',
    '7:5 providers.main.frist_token_ms: unknown key (did you mean "first_token_ms"?)',
    '2:1 minute: unknown key (did you mean "minutes"?)',
  ])
})

t.test('what can be checked only with the rest is checked next', async t => {
  const text = `providers:
  main:
    errors: { 500: 0.9, reset: 0.2 }
`
  t.same(problemsIn(t, text), [
    'the scenario has a problem:',
    '3:5 providers.main.errors: the fractions add up to 1.1, which is more than 1',
  ])
  const spans = `providers:
  main:
    outages: [{ from: 60, until: 30, as: 503 }]
`
  t.same(problemsIn(t, spans), [
    'the scenario has a problem:',
    '3:27 providers.main.outages[0].until: must be after from (60), got 30',
  ])
})

t.test('flags take precedence, and name themselves if they are wrong', async t => {
  const folder = t.testdir({ 'scenario.yaml': 'rps: 5\nminutes: 1\n' })
  const { scenario } = readScenario(join(folder, 'scenario.yaml'), { rps: '2.5', minutes: '30', seed: '7' })
  t.same([scenario.rps, scenario.minutes, scenario.seed], [[{ from: 0, rps: 2.5 }], 30, 7])
  t.match(problemsIn(t, 'rps: 5\n', { minutes: 'ten' }), [
    /a problem/,
    /^--minutes minutes: expected a number/,
  ])
})

t.test('a distribution or a status may be a number', async t => {
  const text = `requests: [{ prompt_tokens: 100 }]
providers: { main: { total_ms: 5, outages: [{ from: 0, until: 1, as: 529 }], models: { 'gpt-*': { token_ms: 2 } } } }
`
  const folder = t.testdir({ 'scenario.yaml': text })
  const { requests, providers } = readScenario(join(folder, 'scenario.yaml'), {}).scenario
  t.same(requests[0]?.prompt_tokens, { always: 100 })
  t.match(providers['main'], {
    total_ms: { always: 5 },
    outages: [{ as: '529' }],
    models: { 'gpt-*': { token_ms: { always: 2 } } },
  })
})

t.test('a file that is missing or not YAML is named', async t => {
  t.throws(() => readScenario('/nowhere/scenario.yaml', {}), { message: /scenario\.yaml: file not found/ })
  t.match(problemsIn(t, 'rps: [1\n'), [/^the scenario has a problem:$/, /^2:1: the indentation/])
})

t.test('a scenario must fit its configuration', async t => {
  const config = { approach: 'proxy', providers: [service('main'), service('spare')] }
  const file = writeScenario(t, { config, scenario: { providers: { mian: {} }, requests: [{}] } })
  const { read, loaded } = readSimulation({ file, flags: {} })
  const error = await runSimulation(read, loaded).catch((reason: unknown) => reason)
  t.match(linesOf(error), [
    'the scenario has 4 problems:',
    /providers\.mian: the configuration has no such provider \(did you mean "main"\?\)/,
    /providers\.main: the provider is not described \(describe it, or all that are not named as "\*"/,
    /providers\.spare: the provider is not described/,
    /requests\[0\]\.model: is required, since the configuration names no model/,
  ])
})

t.test('a chain or a field that the server would refuse is a problem of its request', async t => {
  const config = { ...common, providers: [service('main')] }
  for (const [request, message] of [
    [{ approach: 'bno' }, /requests\[0\]: .*bno/],
    [{ body: { max_tokens: 'many' } }, /requests\[0\]: .*max_tokens/],
  ] as const) {
    const file = writeScenario(t, { config, scenario: { providers: { main: {} }, requests: [request] } })
    const { read, loaded } = readSimulation({ file, flags: {} })
    const error = await runSimulation(read, loaded).catch((reason: unknown) => reason)
    t.ok(error instanceof HulumanageError)
    t.match((error as Error).message, message)
  }
})
