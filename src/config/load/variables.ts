import { configFlag, formatFlag, serverFlags } from '../flags/flags.ts'
import type { Environment } from '../interpolate.ts'
import { problemWith } from '../problems.ts'
import type { Note } from '../problems.ts'

/** The variables that a configuration is loaded with. */
export interface Variables {
  /** All of them, for the references in a file. */
  readonly all: Environment
  /** Those that set something by themselves. */
  readonly effective: Environment
  /** The variables of `.env` that set nothing, and why; to be shown to the user. */
  readonly notes: readonly Note[]
}

/** Flags that choose code, or files that are trusted like code. */
const trustedFlags: ReadonlySet<string> = new Set(['config', 'config-format', 'plugins-dir', 'ca-file'])
const trusted: ReadonlySet<string> = new Set(
  [configFlag, formatFlag, ...serverFlags]
    .filter(({ name }) => trustedFlags.has(name))
    .flatMap(({ environment }) => environment),
)

/**
 * Joins the variables of `.env` in the working folder with the real environment, which wins. The folder may be a download:
 * its `.env` chooses neither code nor where a key of the real environment is sent.
 */
export function joinVariables(dotenv: Environment, env: Environment): Variables {
  const all = { ...dotenv, ...env }
  const notes = Object.keys(dotenv)
    .filter(name => env[name] === undefined)
    .flatMap(name => noteOn(name, dotenv, env) ?? [])
  const refused = new Set(notes.map(({ path }) => path))
  const effective = Object.fromEntries(Object.entries(all).filter(([name]) => !refused.has(name)))
  return { all, effective, notes }
}

function noteOn(name: string, dotenv: Environment, env: Environment): Note | undefined {
  if (trusted.has(name.toUpperCase())) {
    return note(name, 'chooses code or trusted files', 'set it in the environment, or use the flag')
  }
  const services = servicesAt(name, dotenv[name] ?? '')
  const exposed = Object.keys(env).find(key => env[key] !== '' && isKeyOf(services, key))
  if (exposed === undefined) return undefined
  return note(
    name,
    `would send ${exposed} of the environment to that address`,
    'set both in the environment, or both in .env',
  )
}

function note(path: string, message: string, hint: string): Note {
  return { ...problemWith('.env', message, hint), path, effect: 'lost' }
}

/** The services whose addresses a variable sets, by the names in their keys; none if it sets no address. */
function servicesAt(name: string, value: string): readonly string[] {
  if (name === 'SERVICE_ENDPOINTS') return value.match(/\w+(?="\s*:)/g) ?? []
  const service = /^(\w+)_BASE_URL$/i.exec(name)?.[1]
  if (service === undefined) return []
  // Our own variable names the default upstream, whose key may be OpenAI's.
  return /^(?:hulumanage|optillm)$/i.test(service) ? ['openai'] : [service]
}

/** Whether a variable holds keys that are sent to one of these services. */
function isKeyOf(services: readonly string[], variable: string): boolean {
  const [, owner] = /^(\w+)_API_KEYS?$/.exec(variable.toUpperCase()) ?? []
  return services.some(service => service.toUpperCase() === owner)
}
