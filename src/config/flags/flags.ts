import { HulumanageError } from '../../contract/index.ts'
import { jsonSchemaAt } from '../expectation.ts'
import type { JsonSchema } from '../expectation.ts'
import type { Path } from '../problems.ts'
import { configSchema } from '../schema.ts'

export type FlagType = 'text' | 'number' | 'boolean' | 'list'

/** A setting that can be given on the command line and in the environment. The schema gives its type and words. */
export interface Flag {
  /** The long option without its dashes: `base-url`. Underscores work as well, see `canonicalArguments`. */
  readonly name: string
  /** Other spellings of the option. */
  readonly aliases: readonly string[]
  /** Variables that set it, the strongest first. */
  readonly environment: readonly string[]
  /** What it sets in the configuration; undefined for those that say where that is, and in which format. */
  readonly path: Path | undefined
  readonly type: FlagType
  readonly help: string
  readonly default: unknown
}

interface Definition {
  readonly name: string
  readonly path: Path
  readonly aliases?: readonly string[]
}

const definitions: readonly Definition[] = [
  { name: 'approach', path: ['approach'] },
  { name: 'host', path: ['host'] },
  { name: 'port', path: ['port'] },
  { name: 'base-url', path: ['base_url'] },
  { name: 'api-key', path: ['api_keys'], aliases: ['api-keys'] },
  { name: 'model', path: ['model'] },
  { name: 'log', path: ['monitoring', 'log_level'], aliases: ['log-level'] },
  { name: 'workers', path: ['workers'] },
  { name: 'redis-url', path: ['redis', 'url'] },
  { name: 'plugins-dir', path: ['plugins_dir'] },
  { name: 'ca-file', path: ['ca_file'], aliases: ['ssl-cert-path'] },
  { name: 'insecure', path: ['insecure'] },
]

/** Variables of no program in particular. */
const commonNames: Readonly<Record<string, readonly string[]>> = { log: ['LOG_LEVEL'] }

/** Where the configuration is, and whose: these set nothing in it. */
export const configFlag = fileFlag('config', 'Configuration file, YAML or JSON', ['LLMPROXY_CONFIG'])
export const formatFlag = fileFlag(
  'config-format',
  'Format of the file: hulumanage, llmproxy, litellm or unified; absent: told by its keys',
)

/** What the server itself can be told; steps add theirs with `stepFlags`. */
export const serverFlags: readonly Flag[] = [configFlag, formatFlag, ...definitions.map(serverFlag)]

function fileFlag(name: string, help: string, others: readonly string[] = []): Flag {
  const [environment = ''] = environmentNames([name])
  return {
    name,
    aliases: [],
    environment: [environment, ...others],
    path: undefined,
    type: 'text',
    help,
    default: undefined,
  }
}

function serverFlag({ name, path, aliases = [] }: Definition): Flag {
  const spellings = [name, ...aliases]
  const prefix = name === 'api-key' ? ['optillm-api-key'] : []
  return describeFlag(() => jsonSchemaAt(configSchema, path), {
    name,
    path,
    aliases: [...aliases, ...prefix],
    environment: [...environmentNames(spellings), ...(commonNames[name] ?? [])],
  })
}

/** Completes a flag by what the schema says of its value, which is asked when somebody wants to know. */
export function describeFlag(
  schema: () => JsonSchema,
  flag: Pick<Flag, 'name' | 'path' | 'aliases' | 'environment'>,
): Flag {
  return {
    ...flag,
    get type() {
      return typeOf(schema())
    },
    get help() {
      return schema().description ?? ''
    },
    get default() {
      return schema().default
    },
  }
}

function typeOf(schema: JsonSchema): FlagType {
  if (schema.type === 'array') return 'list'
  if (schema.type === 'boolean') return 'boolean'
  return schema.type === 'number' || schema.type === 'integer' ? 'number' : 'text'
}

/** `HULUMANAGE_BASE_URL`, then `OPTILLM_BASE_URL`, which those who come from OptiLLM have set. */
export function environmentNames(spellings: readonly string[]): string[] {
  const names = spellings.map(spelling => spelling.toUpperCase().replaceAll('-', '_'))
  return [...new Set(['HULUMANAGE', 'OPTILLM'].flatMap(prefix => names.map(name => `${prefix}_${name}`)))]
}

const tls = 'certificates are always checked; name your authority with --ca-file'
const gone = 'there is no such mode here'

/** Flags of OptiLLM that mean nothing here, and why. */
const refusedFlags: ReadonlyMap<string, string> = new Map([
  ['ssl-verify', tls],
  ['no-ssl-verify', tls],
  ['launch-gui', 'the server has no chat window; any client of the OpenAI API can talk to it'],
  ['batch-mode', `${gone}; requests run side by side as they come`],
  ['batch-size', `${gone}; queue.max_concurrent in the configuration limits calls`],
  ['batch-wait-ms', `${gone}; no request waits for others`],
  ['log-conversations', 'prompts and answers are never logged'],
  ['conversation-log-dir', 'prompts and answers are never logged'],
  ['n', 'ask for n in the request'],
  ['cepo-config-file', 'write steps.cepo in the configuration'],
  ['cepo-num-of-retries', 'calls that fail are tried again for every approach; see providers[].retries'],
  ['cepo-use-reasoning-fallback', 'no reasoning effort is set but that of the request'],
  ['cepo-print-output', 'ask for hulumanage_progress in the request'],
])

/**
 * Command line arguments with each long option in its one spelling: dashes for underscores, the name for an alias.
 * Throws for an option of OptiLLM that has no meaning here; what is unknown stays as it is.
 */
export function canonicalArguments(argv: readonly string[], flags: readonly Flag[]): string[] {
  const names = new Map(flags.flatMap(flag => [flag.name, ...flag.aliases].map(name => [name, flag.name])))
  const end = argv.indexOf('--')
  return argv.map((argument, index) => {
    const [, written, value = ''] = /^--([\w-]+)(=.*)?$/s.exec(argument) ?? []
    if (written === undefined || (end !== -1 && index > end)) return argument
    const spelling = written.replaceAll('_', '-')
    const [, no = '', bare = ''] = /^(no-)?(.*)$/.exec(spelling) ?? []
    const name = names.get(spelling)
    if (name !== undefined) return `--${name}${value}`
    if (names.has(bare)) return `--${no}${names.get(bare)}${value}`
    const reason = refusedFlags.get(spelling)
    if (reason !== undefined) {
      throw new HulumanageError('config_invalid', `--${written} is not supported: ${reason}`)
    }
    return argument
  })
}
