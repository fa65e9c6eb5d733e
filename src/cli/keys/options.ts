import { remoteOptions } from '../remote/remote-flags.ts'
import type { RemoteFlags } from '../remote/remote-flags.ts'

/** The options of `keys`, with their help. */
export const keyOptions = {
  '--role <role>': 'user, who asks models, or operator, who monitors and manages (default: user)',
  '--models <names>': 'Models that the client may call, or patterns, separated by commas (default: any)',
  '--chains <names>': 'Chains that the client may name, separated by commas (default: any)',
  '--budget <amounts>':
    'Maximum that the client may spend, such as usd=20,tokens=1000000,per=month (default: no limit)',
  '--rate-limit <rate>':
    'Rate limit, such as requests=100,window=60,/embeddings=200,/rerank=20/10s (default: that of the server)',
  '--expires <time>': 'Time from which the key is refused, such as 2027-01-31',
  '--grace <seconds>': 'rotate: seconds for which the present key is accepted as well (default: 0)',
  '--entry': 'create: store nothing, and print an entry for `clients` in the configuration',
  ...remoteOptions,
  '--server <url>':
    'Running server that makes the change, as HULUMANAGE_SERVER (default: the database of the ledger itself)',
} as const

/** The values of these options, and whether to print JSON. */
export interface KeyFlags extends RemoteFlags {
  readonly role?: string
  readonly models?: string
  readonly chains?: string
  readonly budget?: string
  readonly rateLimit?: string
  readonly expires?: string
  readonly grace?: string
  readonly entry?: boolean
  readonly json?: boolean
}
