import { HulumanageError } from '../../contract/index.ts'
import { jsonSchemaAt } from '../expectation.ts'
import type { JsonSchema } from '../expectation.ts'
import type { Path } from '../problems.ts'
import { configSchema } from '../schema.ts'
import { refusalOf } from './refused-flags.ts'

/** The type of a flag's value. */
export type FlagType = 'text' | 'number' | 'boolean' | 'list'

/** A setting of the command line and the environment. Its type, help and default come from the schema. */
export interface Flag {
  /** The long option without its dashes: `base-url`. Underscores are accepted too, see `canonicalArguments`. */
  readonly name: string
  /** Alternative spellings of the option. */
  readonly aliases: readonly string[]
  /** Environment variables that set it, in order of precedence. */
  readonly environment: readonly string[]
  /** The key of the configuration that it sets; undefined for flags that locate the configuration file. */
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
  { name: 'log-format', path: ['monitoring', 'log_format'] },
  { name: 'workers', path: ['workers'] },
  { name: 'redis-url', path: ['redis', 'url'] },
  { name: 'ledger-url', path: ['ledger', 'url'] },
  { name: 'plugins-dir', path: ['plugins_dir'] },
  { name: 'ca-file', path: ['ca_file'], aliases: ['ssl-cert-path'] },
  { name: 'insecure', path: ['insecure'] },
]

/** Variables that are not specific to one program. */
const commonNames: Readonly<Record<string, readonly string[]>> = { log: ['LOG_LEVEL'] }

/** The flags for the location and the format of the configuration file; they set nothing in it. */
export const configFlag = fileFlag('config', 'Configuration file, YAML or JSON', ['LLMPROXY_CONFIG'])
export const formatFlag = fileFlag(
  'config-format',
  'Format of the file: hulumanage, llmproxy, litellm or unified (default: inferred from its keys)',
)

/** The flags of the server itself; steps add theirs with `stepFlags`. */
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
  // OptiLLM's spelling of this one flag begins with the program, which its variable has as a prefix anyway.
  const optillmSpelling = name === 'api-key' ? ['optillm-api-key'] : []
  return describeFlag(() => jsonSchemaAt(configSchema, path), {
    name,
    path,
    aliases: [...aliases, ...optillmSpelling],
    environment: [...environmentNames([name, ...aliases]), ...(commonNames[name] ?? [])],
  })
}

/** Completes a flag with type, help and default from the schema, which is converted on first use only. */
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

/** `HULUMANAGE_BASE_URL`, then `OPTILLM_BASE_URL`, which users of OptiLLM already have. */
export function environmentNames(spellings: readonly string[]): string[] {
  const names = spellings.map(spelling => spelling.toUpperCase().replaceAll('-', '_'))
  return [...new Set(['HULUMANAGE', 'OPTILLM'].flatMap(prefix => names.map(name => `${prefix}_${name}`)))]
}

/**
 * Rewrites each long option of a command line to its canonical spelling: dashes for underscores, the name for an alias, and no
 * value for a switch that is `True`. Throws for an option of OptiLLM that is not supported; unknown options stay as they are.
 */
export function canonicalArguments(argv: readonly string[], flags: readonly Flag[]): string[] {
  const names = new Map(flags.flatMap(flag => [flag.name, ...flag.aliases].map(name => [name, flag.name])))
  const switches = new Set(flags.filter(({ type }) => type === 'boolean').map(({ name }) => name))
  const end = argv.indexOf('--')
  const words = argv.map((argument, index) => {
    const [, written, value = ''] = /^--([\w-]+)(=.*)?$/s.exec(argument) ?? []
    if (written === undefined || (end !== -1 && index > end)) return argument
    const spelling = written.replaceAll('_', '-')
    const [, no = '', bare = ''] = /^(no-)?(.*)$/.exec(spelling) ?? []
    const name = names.get(spelling)
    if (name !== undefined) return `--${name}${value}`
    if (names.has(bare)) return `--${no}${names.get(bare)}${value}`
    const reason = refusalOf(spelling)
    if (reason !== undefined) {
      throw new HulumanageError('config_invalid', `--${written} is not supported: ${reason}`)
    }
    return argument
  })
  const options = end === -1 ? words : words.slice(0, end)
  return [...withoutValues(options, switches), ...words.slice(options.length)]
}

/** Removes the values of switches, which OptiLLM's take: `--return-full-response True`. */
function withoutValues(words: readonly string[], switches: ReadonlySet<string>): string[] {
  return words.flatMap((word, index) => {
    const [, before = ''] = /^--([\w-]+)$/.exec(words[index - 1] ?? '') ?? []
    const isValue = switches.has(before) && /^(?:true|false)$/i.test(word)
    const [, name = '', value = isValue ? word : ''] = /^--([\w-]+)=(.*)$/s.exec(word) ?? []
    const switched = isValue ? before : name
    if (!switches.has(switched) || value === '') return word
    if (/^true$/i.test(value)) return isValue ? [] : `--${switched}`
    const message = `--${switched} takes no value but True; leave it out instead of ${value}`
    throw new HulumanageError('config_invalid', message)
  })
}
