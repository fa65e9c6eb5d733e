import { Help } from 'commander'
import type { Cost } from '../../contract/index.ts'
import type { ParamReport, StepReport } from '../../registry/steps-report.ts'
import { shownPath } from './summary.ts'

/** As wide as a help. */
const columns = 80
const indent = '    '

/** Renders the list of the steps for people to read: what each does and costs, without its params. */
export function renderSteps(reports: readonly StepReport[]): string {
  return `${reports.map(renderHead).join('')}\n\`hulumanage steps NAME\` shows the params of a step.\n`
}

/** Renders the description of a step with its params, each with its flag. */
export function renderStep(report: StepReport): string {
  const params = report.params.map(param => `${wrapped(`${indent}- `, renderParam(param))}\n`)
  return `${renderHead(report)}${params.join('')}`
}

function renderHead({ name, summary, kind, place, cost, paper, origin }: StepReport): string {
  const facts = [
    place === undefined ? kind : `${kind} (${place})`,
    cost && renderCost(cost),
    paper,
    shownPath(origin),
  ]
  const known = facts.filter(fact => fact !== undefined && fact !== '').join(', ')
  return `${wrapped(`${name}  `, summary)}\n${wrapped(indent, known)}\n`
}

/** A text after the beginning of its first line; its other lines are indented. */
function wrapped(beginning: string, text: string): string {
  const below = ' '.repeat(beginning.endsWith('- ') ? beginning.length : indent.length)
  return new Help().boxWrap(`${beginning}${text}`, columns - below.length).replaceAll('\n', `\n${below}`)
}

function renderParam({ name, expected, default: value, help, flag }: ParamReport): string {
  const facts = [expected, value === undefined ? undefined : `default ${JSON.stringify(value)}`, flag]
  const known = facts.filter(fact => fact !== undefined).join(', ')
  return `${name}: ${help === '' ? '' : `${help} `}(${known})`
}

function renderCost({ calls, rounds }: Cost): string {
  return `at most ${calls} ${calls === 1 ? 'call' : 'calls'} in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
}
