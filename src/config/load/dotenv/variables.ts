import { configFlag, formatFlag, serverFlags } from '../../flags/flags.ts'
import { toOurReferences } from '../../formats/reference.ts'
import { interpolate } from '../../interpolate.ts'
import type { Environment } from '../../interpolate.ts'
import { problemWith } from '../../problems.ts'
import type { Note } from '../../problems.ts'
import { jsonOrUndefined } from '../../../text/json/parse.ts'
import { isKnownTo, isPlaceholder } from './credentials.ts'

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
  const exposed = Object.keys(env).find(
    key => isKeyOf(services, key) && hasForeignKey(env[key] ?? '', dotenv),
  )
  if (exposed === undefined) return undefined
  return note(
    name,
    `would send ${exposed} of the environment to that address`,
    'set both in the environment, or both in .env',
  )
}

/** Whether a variable, which may be a list, has a key that `.env` does not have itself. */
function hasForeignKey(value: string, dotenv: Environment): boolean {
  return value.split(',').some(key => !isPlaceholder(key) && !isKnownTo(dotenv, key))
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
