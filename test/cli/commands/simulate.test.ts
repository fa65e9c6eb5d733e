import { join } from 'node:path'
import t from 'tap'
import { filesIn, root } from '../../house/sources.ts'
import { common, service, writeScenario } from '../../simulation/run.ts'
import { runHere } from '../in-process.ts'
import { run } from '../spawn.ts'

const files = {
  config: { ...common, providers: [service('main', { weight: 2 }), service('spare')] },
  scenario: {
    rps: 20,
    minutes: 0.5,
    providers: { main: { total_ms: 300, outages: [{ from: 5, until: 15 }] }, spare: { total_ms: 400 } },
  },
}

t.test('simulate prints what happened for people, and as JSON for programs', async t => {
  const cwd = t.testdir({})
  writeScenario(t, files, cwd)
  const { code, stdout, stderr } = await run(t, ['simulate', 'scenario.yaml', '--seed', '3'], { cwd })
  t.equal(code, 0)
  t.match(stdout, /^\d+ requests in 0\.5 minutes \(seed 3\)\n/)
  t.match(stdout, /^wait in the queue, ms +0 +0/m)
  t.match(stdout, /^failed: 0$/m)
  t.match(stdout, /^main +66\.7 % +\d+\.\d % /m)
  t.match(stdout, /^ +\d+ {2}main to spare after upstream_unreachable$/m)
  t.match(stdout, /provider gets no calls for a while \(main, unreachable\)/)
  t.match(stderr, /^\d+ requests in \d+\.\d s\n$/)
  const json = await runHere(t, ['simulate', 'scenario.yaml', '--seed', '3', '--json'], { cwd })
  t.match(JSON.parse(json.stdout), {
    seed: 3,
    requests: { failed: 0, failures: {} },
    providers: [
      { name: 'main', weight_share: 0.6667 },
      { name: 'spare', weight_share: 0.3333 },
    ],
  })
})

t.test(
  'flags change the load, and a configuration named by --config is tried in place of the own one',
  async t => {
    const cwd = t.testdir({ 'other.yaml': JSON.stringify({ ...common, providers: [service('main')] }) })
    writeScenario(t, { ...files, scenario: { ...files.scenario, providers: { '*': {} } } }, cwd)
    const flags = ['--rps', '4', '--minutes', '0.25', '--config', 'other.yaml', '--json']
    const { stdout } = await runHere(t, ['simulate', 'scenario.yaml', ...flags], { cwd })
    const report = JSON.parse(stdout) as { requests: { begun: number }; providers: { name: string }[] }
    t.ok(report.requests.begun > 30 && report.requests.begun < 90, `${report.requests.begun} requests`)
    t.same(
      report.providers.map(({ name }) => name),
      ['main'],
    )
  },
)

t.test('a scenario with problems is refused as a configuration is', async t => {
  const cwd = t.testdir({})
  writeScenario(t, { ...files, scenario: { rsp: 3, providers: { main: {} } } }, cwd)
  const { code, stdout, stderr } = await runHere(t, ['simulate', 'scenario.yaml'], { cwd })
  t.same([code, stdout], [78, ''])
  t.match(
    stderr,
    /the scenario has a problem:\n {2}scenario\.yaml:1:\d+ rsp: unknown key \(did you mean "rps"\?\)/,
  )
  writeScenario(t, { ...files, scenario: { providers: { main: {} }, requests: [{ approach: 'bno' }] } }, cwd)
  const late = await runHere(t, ['simulate', 'scenario.yaml'], { cwd })
  t.equal(late.code, 78)
  t.match(late.stderr, /providers\.spare: the provider is not described/)
})

t.test('a chain that does not exist is found in the thread, and ends as any other problem does', async t => {
  const cwd = t.testdir({})
  writeScenario(t, { ...files, scenario: { providers: { '*': {} }, requests: [{ approach: 'bno' }] } }, cwd)
  const { code, stderr } = await runHere(t, ['simulate', 'scenario.yaml'], { cwd })
  t.equal(code, 78)
  t.match(stderr, /^hulumanage: the scenario has a problem:\n.*requests\[0\]: .*bno/)
})

t.test('a plugin that waits for a timer at its start is an error that says so', async t => {
  const plugin = 'export default async () => { await new Promise(resolve => setTimeout(resolve, 20)) }\n'
  const cwd = t.testdir({ plugins: { 'waits.mjs': plugin } })
  const config = { ...files.config, plugins_dir: ['plugins'] }
  writeScenario(t, { ...files, config }, cwd)
  const { code, stderr } = await runHere(t, ['simulate', 'scenario.yaml'], { cwd })
  t.not(code, 0)
  t.match(stderr, /^hulumanage: The simulation ended without a result: a plugin /m)
})

t.test('the scenarios among the examples run', async t => {
  const env = { NEAR_ENDPOINT: 'https://near.example/v1', NEAR_KEY: 'any', OPENAI_API_KEY: 'any' }
  for (const file of filesIn(['examples/scenarios'], /\.yaml$/)) {
    const { code, stdout, stderr } = await runHere(t, ['simulate', join(root, file), '--minutes', '1'], {
      env,
    })
    t.equal(code, 0, `${file}: ${stderr}`)
    t.match(stdout, /^answered: \d/m, file)
  }
})
