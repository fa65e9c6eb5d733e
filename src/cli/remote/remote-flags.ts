/** The options of commands that ask a running server, with their help. */
export const remoteOptions = {
  '--server <url>': 'Running server, as HULUMANAGE_SERVER (default: the address in the configuration)',
  '--operator-key <key>': 'Key of an operator of that server; better set as HULUMANAGE_OPERATOR_KEY',
} as const

/** The options of commands that read the ledger, with their help. */
export const ledgerOptions = {
  ...remoteOptions,
  '--server <url>':
    'Running server to ask, as HULUMANAGE_SERVER (default: the database of the ledger itself)',
} as const

/** The options of `ask` for a running server, with their help. */
export const askOptions = {
  '--server <url>':
    'Running server to ask instead, with --model and --approach; HULUMANAGE_SERVER does not count (default: answers itself)',
  '--key <key>': 'Key of a client of that server; better set as HULUMANAGE_KEY',
} as const

/** The values of these options. */
export interface RemoteFlags {
  readonly server?: string
  readonly operatorKey?: string
}

/** The server that flags name, or else variables, and the key for it; undefined if they are missing or empty. */
export function remoteIn({ server, operatorKey }: RemoteFlags): {
  readonly address: string | undefined
  readonly key: string | undefined
} {
  const { HULUMANAGE_SERVER, HULUMANAGE_OPERATOR_KEY } = process.env
  return {
    address: (server ?? HULUMANAGE_SERVER) || undefined,
    key: (operatorKey ?? HULUMANAGE_OPERATOR_KEY) || undefined,
  }
}
