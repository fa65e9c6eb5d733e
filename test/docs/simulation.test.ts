import { readFileSync } from 'node:fs'
import t from 'tap'
import { renderSimulation, simulationPage } from '../../docs/generate/scenario.ts'
import { readScenario } from '../../src/simulation/scenario/read.ts'

t.test('docs/guides/simulate.md is up to date with the schema (else run `npm run docs`)', async t => {
  t.equal(readFileSync(simulationPage, 'utf8'), await renderSimulation())
})

t.test('the scenario of the page is one', async t => {
  const [, block] = /```yaml\n([^]*?)```/.exec(readFileSync(simulationPage, 'utf8'))!
  const folder = t.testdir({ 'scenario.yaml': block! })
  const { scenario, config } = readScenario(`${folder}/scenario.yaml`, {})
  t.match(scenario, { rps: [{ rps: 20 }], providers: { main: { outages: [{ as: '503' }] }, '*': {} } })
  t.equal(config, `${folder}/hulumanage.yaml`)
})
