const tls = 'certificates are always verified; trust your own authority with --ca-file'
const ofMcts = (name: string) => `OptiLLM and this server call it --mcts-${name}`
const texts = 'prompts and answers are not logged; ledger.bodies in the configuration keeps them'
const noSuchMode = 'there is no such mode'

/** Flags of OptiLLM that are not supported, and why. */
export const refusedFlags: ReadonlyMap<string, string> = new Map([
  ['ssl-verify', tls],
  ['no-ssl-verify', tls],
  ['launch-gui', 'the server has no chat window; any client of the OpenAI API can talk to it'],
  ['batch-mode', `${noSuchMode}; requests run concurrently as they arrive`],
  ['batch-size', `${noSuchMode}; queue.max_concurrent in the configuration limits concurrent calls`],
  ['batch-wait-ms', `${noSuchMode}; no request waits for others`],
  ['log-conversations', texts],
  ['conversation-log-dir', texts],
  ['n', 'set n in the request'],
  ['simulations', ofMcts('simulations')],
  ['depth', ofMcts('depth')],
  ['exploration', ofMcts('exploration')],
  ['cepo-config-file', 'set steps.cepo in the configuration'],
  ['cepo-num-of-retries', 'failed calls are retried for every approach; see providers[].retries'],
  ['cepo-use-reasoning-fallback', 'the reasoning effort is always that of the request'],
  ['cepo-print-output', 'set hulumanage_progress in the request'],
])

/** Why a flag of OptiLLM is not supported; undefined for any other flag. */
export function refusalOf(spelling: string): string | undefined {
  return refusedFlags.get(spelling)
}
