import type { ShownCall } from '../../server/ledger/shown-request.ts'
import type { ShownRequest } from '../ledger/ledger-reader.ts'
import { shownUsd } from './shown-usd.ts'

/** Characters of the time axis. */
const axis = 30

/** A request and the tree of its calls for people, with a bar for the time of each call. */
export function renderTrace(request: ShownRequest, columns: number): string {
  const { id, at, chain, model, status, error, ms, calls, attempts, tree } = request
  const head = [
    `${id}  ${at}`,
    [chain ?? 'no chain', model ?? 'no model', error ?? status, `${ms} ms`].join('  '),
    [counted(calls, 'call'), counted(attempts, 'attempt'), tokensOf(request), costOf(request)]
      .filter(Boolean)
      .join('  '),
  ]
  const lines = renderCalls(tree, Number(ms), columns)
  return `${[...head, '', ...lines].join('\n').trimEnd()}\n`
}

/** A line for each call of a request that took `ms`, with a bar for its time; lines are cut to `columns`. */
export function renderCalls(tree: readonly ShownCall[], ms: number, columns: number): string[] {
  const rows = tree.flatMap(call => rowsOf(call, 0))
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  return rows.map(({ name, call }) => {
    const line = `${name.padEnd(width)}  ${barOf(call, ms)}  ${factsOf(call)}`
    return line.length > columns && columns >= axis ? `${line.slice(0, columns - 1)}…` : line
  })
}

interface Row {
  readonly name: string
  readonly call: ShownCall
}

function rowsOf(call: ShownCall, depth: number): Row[] {
  const below = [...(call.attempts ?? []), ...(call.calls ?? [])]
  const name = `${'  '.repeat(depth)}${String(call.path)}`
  return [{ name, call }, ...below.flatMap(inner => rowsOf(inner, depth + 1))]
}

/** The time of a call within that of its request. */
function barOf({ start_ms: start, ms }: ShownCall, total: number): string {
  const scale = total > 0 ? axis / total : 0
  const from = Math.min(axis - 1, Math.max(0, Math.floor(Number(start) * scale)))
  const length = Math.min(axis - from, Math.max(1, Math.round(Number(ms) * scale)))
  return `|${' '.repeat(from)}${'='.repeat(length)}${' '.repeat(axis - from - length)}|`
}

function factsOf({ provider, model, outcome, ms, discarded, tokens, cost }: ShownCall): string {
  const usage = tokens ? tokensOf({ tokens }) : ''
  const paid = cost === undefined ? '' : shownUsd(Number(cost))
  const why = discarded === undefined ? '' : `(${discarded})`
  return [outcome, `${ms} ms`, provider, model, usage, paid, why].filter(Boolean).join('  ')
}

function counted(count: unknown, noun: string): string {
  return `${Number(count)} ${noun}${count === 1 ? '' : 's'}`
}

function tokensOf({ tokens }: Pick<ShownRequest, 'tokens'>): string {
  return tokens ? `${tokens.prompt} + ${tokens.completion} tokens` : ''
}

function costOf({ cost, wasted_cost: wasted }: Pick<ShownRequest, 'cost' | 'wasted_cost'>): string {
  if (cost === null) return ''
  return wasted ? `${shownUsd(Number(cost))}, ${shownUsd(Number(wasted))} wasted` : shownUsd(Number(cost))
}
