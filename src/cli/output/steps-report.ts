import type { Cost } from '../../contract/index.ts'
import type { ParamReport, StepReport } from '../../registry/steps-report.ts'
import { shownPath } from './summary.ts'

/** Renders the descriptions of steps for people to read. */
export function renderSteps(reports: readonly StepReport[]): string {
  const width = Math.max(...reports.map(report => report.name.length), 0)
  return reports.map(report => renderStep(report, width)).join('')
}

function renderStep(report: StepReport, width: number): string {
  const indent = ' '.repeat(width + 2)
  const kind = report.place === undefined ? report.kind : `${report.kind} (${report.place})`
  const facts = [kind, report.cost && renderCost(report.cost), report.paper, shownPath(report.origin)]
  const lines = [
    `${report.name.padEnd(width)}  ${report.summary}`,
    `${indent}${facts.filter(fact => fact !== undefined && fact !== '').join(', ')}`,
    ...report.params.map(param => `${indent}${renderParam(param)}`),
  ]
  return `${lines.join('\n')}\n`
}

function renderParam({ name, expected, default: value, help, flag }: ParamReport): string {
  const facts = [expected, value === undefined ? undefined : `default ${JSON.stringify(value)}`, flag]
  const known = facts.filter(fact => fact !== undefined).join(', ')
  return `- ${name}: ${help === '' ? '' : `${help} `}(${known})`
}

function renderCost({ calls, rounds }: Cost): string {
  return `at most ${calls} ${calls === 1 ? 'call' : 'calls'} in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
}
