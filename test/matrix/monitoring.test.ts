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
