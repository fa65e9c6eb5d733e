import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Filter } from './client/question.ts'
import { dialects, kinds } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import type { RunOptions } from './run.ts'

export interface Options extends RunOptions {
  readonly at: number | undefined
  readonly replay: string | undefined
  readonly json: string | undefined
  readonly shrink: boolean
  readonly hasRedis: boolean
  readonly nodeFlags: readonly string[]
  readonly help: boolean
}

export const usage = `npm run fuzz -- [options]

  --minutes N       how long (5)
  --seed N          the choices of the run; a new one each time unless set
  --from N          number of the first exchange (0)
  --exchanges N     maximum number of exchanges (no limit)
  --dialects LIST   of ${dialects.join(',')} (all)
  --kinds LIST      kinds of providers, of ${kinds.join(',')} (all)
  --chains LIST     chains, an empty name for none: --chains ,bon (all)
  --stream yes|no   only streams, or none (both)
  --share N         share of the provider's answers that are mutated (0.8)
  --requests N      share of the requests that are mutated (0.2)
  --configs N       share of the exchanges before which a mutated configuration is read (0.1)
  --redis           keeps what servers share in a Redis of its own, and mutates it before each exchange
  --at N            only the exchange of this number of the seed
  --replay FILE     only the exchange of this file: a finding of --json, or its exchange
  --no-shrink       leaves findings as large as they were found
  --json FILE       also writes the findings as JSON
  --node-flag FLAG  a flag of Node for the server, such as --disable-proto=throw; repeatable
`

/** Reads the command line; throws an error that says what is wrong. */
export function readOptions(words: readonly string[]): Options {
  const { values: flags } = parseArgs({
    args: [...words],
    allowNegative: true,
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      share: { type: 'string', default: '0.8' },
      requests: { type: 'string', default: '0.2' },
      configs: { type: 'string', default: '0.1' },
      redis: { type: 'boolean', default: false },
      from: { type: 'string', default: '0' },
      exchanges: { type: 'string' },
      dialects: { type: 'string', default: '' },
      kinds: { type: 'string', default: '' },
      chains: { type: 'string' },
      stream: { type: 'string' },
      at: { type: 'string' },
      replay: { type: 'string' },
      shrink: { type: 'boolean', default: true },
      json: { type: 'string' },
      'node-flag': { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    seed: flags.seed === undefined ? Math.trunc(Math.random() * 1e6) : figure('seed', flags.seed),
    shares: {
      answers: figure('share', flags.share),
      requests: figure('requests', flags.requests),
      configurations: figure('configs', flags.configs),
    },
    hasRedis: flags.redis,
    from: figure('from', flags.from),
    forMs: figure('minutes', flags.minutes) * 60_000,
    maximum: flags.exchanges === undefined ? Infinity : figure('exchanges', flags.exchanges),
    at: flags.at === undefined ? undefined : figure('at', flags.at),
    filter: filterOf(flags),
    replay: flags.replay,
    json: flags.json,
    shrink: flags.shrink,
    nodeFlags: flags['node-flag'],
    help: flags.help,
  }
}

/** An exchange from a file: a single one, a finding, or the first of several. */
export function readExchange(file: string): Exchange {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const first = (Array.isArray(value) ? value[0] : value) as Exchange | { exchange: Exchange }
  return 'exchange' in first ? first.exchange : first
}

interface FilterFlags {
  readonly dialects: string
  readonly kinds: string
  readonly chains?: string | undefined
  readonly stream?: string | undefined
}

function filterOf({ dialects: dialectNames, kinds: kindNames, chains, stream }: FilterFlags): Filter {
  return {
    dialects: namesOf('dialects', dialectNames, dialects),
    kinds: namesOf('kinds', kindNames, kinds),
    chains: chains?.split(',') ?? [],
    streams: stream === undefined ? [] : [stream === 'yes'],
  }
}

function namesOf<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  return text
    .split(',')
    .filter(name => name !== '')
    .map(name => {
      const found = known.find(each => each === name)
      if (!found) throw new Error(`--${flag} knows ${known.join(', ')}, not '${name}'`)
      return found
    })
}

function figure(flag: string, text: string): number {
  const value = Number(text)
  if (text === '' || !(value >= 0)) throw new Error(`--${flag} must be a number, not '${text}'`)
  return value
}
