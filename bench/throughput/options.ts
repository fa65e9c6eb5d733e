import { parseArgs } from 'node:util'
import { BenchFailure } from './failure.ts'

/** The parts of the benchmark, in the order in which they run. */
export const parts = [
  'start',
  'latency',
  'json',
  'stream',
  'half',
  'prompts',
  'agent',
  'approaches',
  'features',
  'workers',
  'paced',
  'idle',
] as const
export type Part = (typeof parts)[number]

export interface Options {
  /** Rounds of a load; in each, every server gets one burst. */
  readonly rounds: number
  /** Seconds of one burst. */
  readonly seconds: number
  /** Requests that a server answers before it is measured. */
  readonly warmUp: number
  readonly connections: number
  readonly parts: readonly Part[]
  /** Names of the servers to measure; empty for all. */
  readonly peers: readonly string[]
  /** Other checkouts to measure: `DIR` or `NAME=DIR`. */
  readonly also: readonly string[]
  readonly serverCore: number
  readonly loadCores: readonly number[]
  /** The file that takes the results as JSON. */
  readonly json: string | undefined
  readonly help: boolean
}

export const usage = `npm run bench -- [options]

  --rounds N         rounds, in each of which every server gets one burst (8)
  --seconds N        seconds of one burst (2)
  --warm-up N        requests that each server answers before it is measured (30000)
  --connections N    connections of wrk (64)
  --parts LIST       of ${parts.slice(0, 8).join(',')},
                     ${parts.slice(8).join(',')} (all)
  --peers LIST       servers to measure (all; the bare relay always)
  --also [NAME=]DIR  another checkout of hulumanage, as one more server; repeatable
  --server-core N    core of the server that is measured, alone (1)
  --load-cores LIST  cores of wrk and the upstream (0)
  --json FILE        also write the results, round by round, as JSON
`

/** Reads the command line; throws a `BenchFailure` that names the faulty flag. */
export function readOptions(words: readonly string[]): Options {
  const flags = flagsOf(words)
  const options: Options = {
    rounds: integer('rounds', flags.rounds, 1),
    seconds: integer('seconds', flags.seconds, 1),
    warmUp: integer('warm-up', flags['warm-up'], 0),
    connections: integer('connections', flags.connections, 1),
    parts: list(flags.parts).map(asPart),
    peers: list(flags.peers),
    also: flags.also,
    serverCore: integer('server-core', flags['server-core'], 0),
    loadCores: list(flags['load-cores']).map(core => integer('load-cores', core, 0)),
    json: flags.json,
    help: flags.help,
  }
  if (options.loadCores.length === 0 || options.loadCores.includes(options.serverCore)) {
    throw new BenchFailure('--load-cores must name a core, and not that of --server-core')
  }
  return options
}

function flagsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        rounds: { type: 'string', default: '8' },
        seconds: { type: 'string', default: '2' },
        'warm-up': { type: 'string', default: '30000' },
        connections: { type: 'string', default: '64' },
        parts: { type: 'string', default: parts.join(',') },
        peers: { type: 'string', default: '' },
        also: { type: 'string', multiple: true, default: [] },
        'server-core': { type: 'string', default: '1' },
        'load-cores': { type: 'string', default: '0' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new BenchFailure(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function integer(flag: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least)) throw new BenchFailure(`--${flag} must be a whole number of at least ${least}`)
  return value
}

function list(text: string): string[] {
  return text.split(',').filter(item => item !== '')
}

function asPart(name: string): Part {
  const part = parts.find(known => known === name)
  if (!part) throw new BenchFailure(`--parts knows ${parts.join(', ')}, not '${name}'`)
  return part
}
