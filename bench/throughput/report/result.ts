import type { Halved } from '../arrivals/half.ts'
import type { Fleet } from '../arrivals/workers.ts'
import type { Measured } from '../loads/bursts.ts'
import type { Started } from '../loads/starts.ts'
import type { Machine } from '../machine.ts'
import type { Part } from '../options.ts'
import type { Paced } from '../paced/paced.ts'

/** The figures of a server by part: medians of starts, or round by round. */
interface ServerByPart {
  readonly start: Started
  readonly latency: Measured
  readonly json: Measured
  readonly stream: Measured
  readonly half: Halved
  readonly prompts: Measured
  readonly agent: Measured
  readonly approaches: Measured
  readonly features: Measured
  readonly workers: Fleet
  readonly paced: Paced
  readonly idle: Paced
}

/** The servers of a result, with all figures. */
export type Servers<P extends Part> = readonly ServerByPart[P][]

/** The results of one part of the benchmark, or of one load of it. */
export type PartResult = {
  readonly [P in Part]: { readonly part: P; readonly title: string; readonly servers: Servers<P> }
}[Part]

/** The file that `--json` writes. */
export interface BenchRecord {
  /** In ISO 8601. */
  readonly date: string
  /** The words of the command line. */
  readonly command: readonly string[]
  readonly machine: Machine
  readonly options: {
    readonly rounds: number
    readonly seconds: number
    readonly warmUp: number
    readonly connections: number
    readonly serverCore: number
    readonly loadCores: readonly number[]
  }
  readonly parts: readonly PartResult[]
}

/** The servers of the first result of a part whose title has some text; empty if there is no such result. */
export function serversOf<P extends Part>(results: readonly PartResult[], part: P, title = ''): Servers<P> {
  const found = results.find(result => result.part === part && result.title.includes(title))
  return (found?.servers ?? []) as Servers<P>
}
