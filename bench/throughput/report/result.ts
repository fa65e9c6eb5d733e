import type { Halved } from '../arrivals/half.ts'
import type { Fleet } from '../arrivals/workers.ts'
import type { Measured } from '../loads/bursts.ts'
import type { Started } from '../loads/starts.ts'
import type { Machine } from '../machine.ts'
import type { Part } from '../options.ts'
import type { Paced } from '../paced/paced.ts'

/** The results of one part of the benchmark, or of one load of it: all figures, round by round. */
export type PartResult =
  | Result<'start', Started>
  | Result<'half', Halved>
  | Result<'workers', Fleet>
  | Result<'paced' | 'idle', Paced>
  | Result<Exclude<Part, 'start' | 'half' | 'workers' | 'paced' | 'idle'>, Measured>

interface Result<Name, Server> {
  readonly part: Name
  readonly title: string
  readonly servers: readonly Server[]
}

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
