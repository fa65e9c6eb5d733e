import { nearest } from '../../text/did-you-mean.ts'
import type { Step } from '../../contract/index.ts'
import { environmentNames, serverFlags } from '../flags/flags.ts'
import { refusalOf } from '../flags/refused-flags.ts'
import { stepFlags } from '../flags/step-flags.ts'
import type { Origins } from '../origins.ts'
import { problemWith } from '../problems.ts'
import type { Problem } from '../problems.ts'
import { credentialsAt } from './dotenv/credentials.ts'
import type { LoadedConfig } from './load.ts'

const ours = /^(?:HULUMANAGE|OPTILLM)_(?<name>.+)$/
/** Variables of commands that ask a server, those between our own processes, and those that Kubernetes sets for a service of our name. */
const others =
  /^HULUMANAGE_(?:SERVER|OPERATOR_KEY|KEY|WORKER_\w+|LAUNCHER|SERVICE_(?:HOST|PORT\w*)|PORT(?:_\d+_\w+)?)$/

/**
 * A warning for each variable that has our name or OptiLLM's and that nothing reads, with the reason or the nearest name.
 * Variables that the file refers to are read.
 */
export function unreadVariables(
  { config, draft }: LoadedConfig,
  steps: readonly Step[],
  fileText: string,
): Problem[] {
  const unexplained = Object.entries(draft.environment).flatMap(([name, value]) => {
    const spelling = name.toUpperCase()
    const bare = ours.exec(spelling)?.groups?.['name']
    return bare === undefined || !value || others.test(spelling) ? [] : [{ name, spelling, bare }]
  })
  const misplaced =
    config.clients.length + config.api_keys.length === 0 ? misplacedKeys(draft.environment) : []
  if (config.base_url !== undefined && config.api_key === undefined && isOptillms(draft.origins))
    misplaced.push(...unsentKeys(config.base_url, draft.environment, fileText))
  if (unexplained.length === 0) return misplaced
  const known = [...serverFlags, ...stepFlags(steps)].flatMap(({ environment }) => environment)
  const read = new Set(known)
  const unread = unexplained.filter(({ name, spelling }) => !read.has(spelling) && !fileText.includes(name))
  return [...misplaced, ...unread.map(({ name, bare }) => warningOn(name, bare, known))]
}

/** A warning if the key that `ask` sends is set for a server that asks for none, where another key may be meant. */
function misplacedKeys(environment: NodeJS.ProcessEnv): Problem[] {
  if (!environment['HULUMANAGE_KEY']) return []
  const message = 'only `ask --server` reads this variable'
  return [problemWith('HULUMANAGE_KEY', message, 'did you mean HULUMANAGE_API_KEY?')]
}

const optillmAddress = environmentNames(['base-url'])

/** Whether the default upstream comes from a variable that OptiLLM reads, or from ours in place of it. */
function isOptillms(origins: Origins): boolean {
  const origin = origins.at(['base_url'])
  return origin?.source === 'environment' && optillmAddress.includes(origin.name)
}

/** Keys that OptiLLM sends to `OPTILLM_BASE_URL`, as clients of their services, and the hosts of those. */
const otherKeys = [
  ['CEREBRAS_API_KEY', /\.cerebras\.ai$/],
  ['AZURE_OPENAI_API_KEY', /\.azure\.com$/],
] as const

/** A warning for each key that OptiLLM would send to the default upstream, which gets no credentials here. */
function unsentKeys(address: string, environment: NodeJS.ProcessEnv, fileText: string): Problem[] {
  const { hostname, username } = new URL(address)
  if (username !== '' || credentialsAt('base_url', address).length > 0) return []
  const message = 'is not sent to the service at base_url, which is called without a key'
  return otherKeys
    .filter(([name]) => environment[name] && !fileText.includes(name))
    .map(([name, host]) =>
      // At any other address, the key would be told to strangers.
      problemWith(
        name,
        message,
        `${host.test(hostname) ? 'name it OPENAI_API_KEY, or ' : ''}configure a provider`,
      ),
    )
}

function warningOn(name: string, bare: string, known: readonly string[]): Problem {
  const reason = refusalOf(bare.toLowerCase().replaceAll('_', '-'))
  const near = nearest(
    bare,
    known.map(other => ours.exec(other)?.groups?.['name'] ?? other),
  )
  const prefix = name.slice(0, name.length - bare.length)
  const hint = reason ?? (near === undefined ? undefined : `did you mean ${prefix}${near}?`)
  return problemWith(name, 'nothing reads this variable', hint)
}
