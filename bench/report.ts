/** What one server does with one kind of call. */
export interface Figures {
  readonly perSecond: number
  /** Processor time of the server for one call; absent where it cannot be told. */
  readonly cpuMicroseconds: number | undefined
  /** Milliseconds more than the upstream takes without a relay between. */
  readonly addedP50: number
  readonly addedP99: number
}

export interface Comparison {
  readonly relay: Figures
  readonly proxy: Figures
  /** Calls a second of hulumanage, divided by those of the bare relay. */
  readonly ratio: number
}

/** A start of one server, with nothing to do after it. */
export interface Start {
  /** Milliseconds from the start of the process to the first connection accepted. */
  readonly ms: number
  readonly idleMiB: number | undefined
}

export interface Report {
  readonly node: string
  readonly start: { readonly relay: Start; readonly proxy: Start }
  readonly json: Comparison
  readonly stream: Comparison
}

/** The report as a table for people. */
export function printReport(report: Report): string {
  return [
    row('', 'bare relay', 'hulumanage', 'ratio'),
    ...rowsOf('json', report.json),
    ...rowsOf('stream', report.stream),
    ...startRows(report.start),
  ].join('\n')
}

function startRows({ relay, proxy }: Report['start']): string[] {
  const memory = ({ idleMiB }: Start) => idleMiB?.toFixed(0) ?? 'unknown'
  return [
    row('start to listening, ms', relay.ms.toFixed(0), proxy.ms.toFixed(0), (proxy.ms / relay.ms).toFixed(2)),
    row('idle memory, MiB', memory(relay), memory(proxy)),
  ]
}

function rowsOf(kind: string, { relay, proxy, ratio }: Comparison): string[] {
  const both = (figure: (figures: Figures) => string) => [figure(relay), figure(proxy)]
  return [
    row(`${kind}: calls a second`, ...both(({ perSecond }) => perSecond.toFixed(0)), ratio.toFixed(2)),
    row(`${kind}: processor us a call`, ...both(figures => figures.cpuMicroseconds?.toFixed(0) ?? 'unknown')),
    row(`${kind}: added ms, median`, ...both(({ addedP50 }) => addedP50.toFixed(2))),
    row(`${kind}: added ms, 99 %`, ...both(({ addedP99 }) => addedP99.toFixed(2))),
  ]
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(28) + cells.map(cell => cell.padStart(12)).join('')
}
