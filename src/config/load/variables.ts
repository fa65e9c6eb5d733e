import { configFlag, formatFlag, serverFlags } from '../flags/flags.ts'
import { toOurReferences } from '../formats/reference.ts'
import { interpolate } from '../interpolate.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins } from '../origins.ts'
import { problemWith, renderPath } from '../problems.ts'
import type { Note, Path, Problem } from '../problems.ts'
import { partsOf, valueAt } from '../tree.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'

/** The variables that a configuration is loaded with. */
export interface Variables {
  /** All of them, for the references in a file. */
  readonly all: Environment
  /** Those that set something by themselves. */
  readonly effective: Environment
  /** Those of the real environment. */
  readonly real: Environment
  /** Those that `.env` has, whether or not they count. */
  readonly dotenv: Environment
  /** The variables of `.env` that set nothing, and why; to be shown to the user. */
  readonly notes: readonly Note[]
}

/** The variable with the addresses of several services, as JSON. */
const endpointsVariable = 'SERVICE_ENDPOINTS'
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
  return { all, effective, real: env, dotenv, notes }
}

function noteOn(name: string, dotenv: Environment, env: Environment): Note | undefined {
  if (trusted.has(name.toUpperCase())) {
    return note(name, 'chooses code or trusted files', 'set it in the environment, or use the flag')
  }
  const value = dotenv[name] ?? ''
  if (name === endpointsVariable && refersTo(env, value, dotenv)) {
    return note(
      name,
      'refers to a variable of the environment, which would become part of an address',
      'write the address itself, or set the variable in .env',
    )
  }
  const services = servicesAt(name, value)
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

/** Whether a reference in the addresses of `.env` takes anything from the real environment. */
function refersTo(env: Environment, value: string, dotenv: Environment): boolean {
  const all = { ...dotenv, ...env }
  return textsIn(toOurReferences(jsonOrUndefined(value))).some(
    text => JSON.stringify(interpolate(text, all)) !== JSON.stringify(interpolate(text, dotenv)),
  )
}

/** All texts in a value, names of keys included. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}

/** The services whose addresses a variable sets, by the names in their keys; none if it sets no address. */
function servicesAt(name: string, value: string): readonly string[] {
  if (name === endpointsVariable) return Object.keys(jsonOrUndefined(value) ?? {})
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

/** One configuration with all variables, with those of the real environment only, and with those of `.env` only. */
export interface Resolved {
  readonly all: unknown
  readonly real: unknown
  readonly dotenv: unknown
}

const addressFields = ['base_url', 'url', 'endpoint']
const keyFields = ['api_key', 'api_keys', 'headers', 'password']

/**
 * A problem for each address that `.env` determines beside a key that the real environment determines, by whatever
 * references and settings: both are seen in the values, which differ without the variables that determine them.
 */
export function exposedKeys({ all, real, dotenv }: Resolved, origins: Origins): Problem[] {
  const differs = (path: Path, other: unknown): boolean => {
    const value = valueAt(all, path)
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(valueAt(other, path))
  }
  return placesIn(all).flatMap(place => {
    // At the top, `api_keys` are those of clients.
    const fields = place.length === 0 ? ['api_key'] : keyFields
    const address = addressFields.map(field => [...place, field]).find(path => differs(path, real))
    const key = fields.map(field => [...place, field]).find(path => differs(path, dotenv))
    if (!address || !key) return []
    const message = `is determined by .env, and would get ${renderPath(key)} of the environment`
    return [origins.problem(address, message, 'set both in the environment, or both in .env')]
  })
}

/** The paths of a value and of all mappings and lists inside it. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return [path, ...partsOf(value).flatMap(([key, part]) => placesIn(part, [...path, key]))]
}
