import { baselineName, everythingOffName, oursName } from '../servers/names.ts'
import { doubts, fleetDoubts, halfDoubts, pacedDoubts } from './doubts.ts'
import { featureTable, fleetTable, halfTable } from './pace-tables.ts'
import type { PartResult } from './result.ts'
import { approachTable, latencyTable, pacedTable, startTable, throughputTable } from './tables.ts'

/** Results for people: a Markdown table, and reasons to doubt its figures. */
export interface Rendered {
  readonly table: string
  readonly doubts: readonly string[]
}

const compared = { baseline: baselineName, ours: oursName }

/** Renders the results of a part. */
export function renderResult(result: PartResult): Rendered {
  switch (result.part) {
    case 'start':
      return { table: startTable(result.servers, compared), doubts: [] }
    case 'latency':
      return { table: latencyTable(result.servers, compared), doubts: [] }
    case 'half':
      return { table: halfTable(result.servers), doubts: halfDoubts(result.servers) }
    case 'workers':
      return { table: fleetTable(result.servers), doubts: fleetDoubts(result.servers) }
    case 'features':
      return { table: featureTable(result.servers, everythingOffName), doubts: doubts(result.servers) }
    case 'approaches':
      return { table: approachTable(result.servers), doubts: doubts(result.servers) }
    case 'paced':
    case 'idle':
      return { table: pacedTable(result.servers, compared), doubts: pacedDoubts(result.servers) }
    default:
      return { table: throughputTable(result.servers, compared), doubts: doubts(result.servers) }
  }
}
