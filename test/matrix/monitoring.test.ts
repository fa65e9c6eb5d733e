import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { grafanaBoard } from '../../docs/generate/grafana.ts'
import { answer } from '../fake-provider.ts'
import { noPrometheus, promtool } from '../prometheus.ts'
import { serve } from './serve.ts'

const alertsFile = new URL('../../docs/monitoring/alerts.yml', import.meta.url).pathname
const alerts = readFileSync(alertsFile, 'utf8')

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

interface Board {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[]
}

const alertExpressions = (parse(alerts) as Rules).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
const boardExpressions = (JSON.parse(grafanaBoard()) as Board).panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr),
)

/** The metrics that are named in expressions, without the suffixes of the series of histograms. */
function named(expressions: readonly string[]): Set<string> {
  const names = expressions.flatMap(text => text.match(/\b(?:hulumanage|process|nodejs)_\w+/g) ?? [])
  return new Set(names.map(name => name.replace(/_(?:bucket|sum|count)$/, '')))
}

/** Writes a file of rules that exists for one test. */
function rulesFile(t: Test, content: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rules.yml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(content))
  return file
}

t.test(
  'the board and the alert rules name only metrics that are served, and the board shows all',
  async t => {
    const server = await serve(t, [answer()])
    const { text } = await server.client.get('/metrics')
    const served = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!)
    const unknown = [...named([...alertExpressions, ...boardExpressions])].filter(
      name => !served.includes(name),
    )
    t.same(unknown, [])
    const shown = named(boardExpressions)
    t.same(
      served.filter(name => name.startsWith('hulumanage_') && !shown.has(name)),
      [],
    )
  },
)

t.test('the board is the generated one', async t => {
  const board = new URL('../../docs/monitoring/grafana.json', import.meta.url)
  t.equal(readFileSync(board, 'utf8'), grafanaBoard(), 'run `npm run docs`')
})

t.test(
  'promtool accepts the alert rules and the expressions of the board',
  { skip: noPrometheus },
  async t => {
    const checked = promtool(['check', 'rules', '--lint-fatal', alertsFile])
    t.equal(checked.code, 0, checked.text)
    const rules = boardExpressions.map((expression, index) => ({
      record: `board:${index}`,
      expr: expression.replaceAll('$__rate_interval', '5m'),
    }))
    const board = promtool(['check', 'rules', rulesFile(t, { groups: [{ name: 'board', rules }] })])
    t.equal(board.code, 0, board.text)
  },
)

t.test(
  'an alert fires when a provider is down, and another when all are down or drained',
  { skip: noPrometheus },
  async t => {
    const series = (figure: string, provider: string, values: string) => ({
      series: `hulumanage_provider_${figure}{job="hulumanage",instance="i",provider="${provider}"}`,
      values,
    })
    const at = (time: string, alertname: string, expected: readonly object[]) => ({
      eval_time: time,
      alertname,
      exp_alerts: expected,
    })
    const down = (provider: string) => ({
      exp_labels: { job: 'hulumanage', instance: 'i', provider, severity: 'warning' },
      exp_annotations: { summary: `Provider ${provider} gets no calls` },
    })
    const none = {
      exp_labels: { job: 'hulumanage', instance: 'i', severity: 'critical' },
      exp_annotations: { summary: 'No provider of i works' },
    }
    const file = rulesFile(t, {
      rule_files: [alertsFile],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: [
            series('up', 'a', '1 0 0 0 0 0 1 1 1'),
            series('up', 'b', '1 1 1 1 0 0 1 1 0'),
            series('drained', 'a', '0 0 0 0 0 0 0 0 1'),
            series('drained', 'b', '0 0 0 0 0 0 0 0 0'),
          ],
          alert_rule_test: [
            at('0m', 'HulumanageProviderDown', []),
            at('2m', 'HulumanageProviderDown', [down('a')]),
            at('3m', 'HulumanageNoProvider', []),
            at('5m', 'HulumanageNoProvider', [none]),
            at('7m', 'HulumanageProviderDown', []),
            at('7m', 'HulumanageNoProvider', []),
            at('8m', 'HulumanageNoProvider', [none]),
          ],
        },
      ],
    })
    const { code, text } = promtool(['test', 'rules', file])
    t.equal(code, 0, text)
  },
)

t.test('alerts name what they are about', { skip: noPrometheus }, async t => {
  const labels = { job: 'hulumanage', instance: 'i' }
  const series = (name: string, more: string, values: string) => ({
    series: `hulumanage_${name}{job="hulumanage",instance="i",${more}}`,
    values,
  })
  const ledger = (name: string, values: string) => series(`ledger_${name}`, '', values)
  const fires = (alertname: string, severity: string, more: object, summary: string) => ({
    eval_time: '40m',
    alertname,
    exp_alerts: [{ exp_labels: { ...labels, ...more, severity }, exp_annotations: { summary } }],
  })
  const p = { provider: 'p' }
  const file = rulesFile(t, {
    rule_files: [alertsFile],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          series('budget_cuts_total', 'budget="calls",result="answer"', '0+60x60'),
          series('budget_cuts_total', 'budget="client",result="error"', '0+60x60'),
          series('provider_models_resting', 'provider="p"', '1x60'),
          series('provider_keys', 'provider="p"', '2x60'),
          series('provider_keys_usable', 'provider="p"', '1x60'),
          series('failovers_total', 'from="p",to="q",reason="upstream_timeout"', '0+60x60'),
          ledger('up', '0x60'),
          ledger('waiting', '0+300x60'),
          ledger('limit', '20000x60'),
          ledger('dropped_total', '0x60'),
          ledger('texts_dropped_total', '0x60'),
        ],
        alert_rule_test: [
          fires(
            'HulumanageBudgetsRunOut',
            'info',
            { budget: 'calls' },
            'Requests use up their budget of calls',
          ),
          fires('HulumanageModelResting', 'warning', p, 'Models that rest at provider p: 1'),
          fires('HulumanageKeysRefused', 'warning', p, 'Keys that provider p accepts: 1'),
          fires(
            'HulumanageFailsOver',
            'warning',
            { from: 'p', reason: 'upstream_timeout' },
            'Calls leave provider p: upstream_timeout',
          ),
          fires('HulumanageLedgerDown', 'warning', {}, 'The ledger of i cannot be written'),
          fires(
            'HulumanageLedgerQueueFilling',
            'warning',
            {},
            '12000 requests wait to be recorded in the ledger',
          ),
          { eval_time: '40m', alertname: 'HulumanageLedgerDropsRequests', exp_alerts: [] },
        ],
      },
    ],
  })
  const { code, text } = promtool(['test', 'rules', file])
  t.equal(code, 0, text)
})
