/** The options of `providers`, with their help. */
export const providerOptions = {
  '--server <url>': 'Running server, as HULUMANAGE_SERVER (default: the address in the configuration)',
  '--operator-key <key>': 'Key of an operator of that server; better set as HULUMANAGE_OPERATOR_KEY',
} as const
