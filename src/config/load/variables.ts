import { configFlag, formatFlag, serverFlags } from '../flags/flags.ts'
import { toOurReferences } from '../formats/reference.ts'
import { interpolate } from '../interpolate.ts'
import type { Environment } from '../interpolate.ts'
import type { Origins } from '../origins.ts'
import { problemWith, renderPath } from '../problems.ts'
import type { Note, Path, Problem } from '../problems.ts'
import { credentialsOf, isSecret } from '../secrets.ts'
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

const addressFields = ['base_url', 'url', 'endpoint', 'sentinels', 'nodes']
const keyFields = ['api_key', 'api_keys', 'headers', 'password']
/** The fields that name code, or files that are trusted like code. */
const trustedFields = ['plugins_dir', 'ca_file', 'redact_with']
/** The parts of a configuration that get prompts and answers, or decide on limits, beside the providers. */
const stores: readonly Path[] = [['redis'], ['ledger'], ['otel']]

/**
 * The problems of a file that `.env` determines more of than a file of its folder may: an address beside a key that `.env`
 * does not determine, a store for what clients ask of other providers, and code. By whatever references and settings: it is
 * seen in the values, which differ without the variables that determine them.
 */
export function exposedBy(trees: Resolved, origins: Origins): Problem[] {
  return new Exposure(trees, origins).problems()
}

class Exposure {
  readonly #trees: Resolved
  readonly #origins: Origins

  constructor(trees: Resolved, origins: Origins) {
    this.#trees = trees
    this.#origins = origins
  }

  problems(): Problem[] {
    const places = placesIn(this.#trees.all)
    return [...places.flatMap(place => this.#atPlace(place)), ...this.#atStores()]
  }

  #atPlace(place: Path): Problem[] {
    const code = fieldsAt(place, trustedFields).filter(path => this.#isOfDotenv(path))
    return [
      ...code.map(path =>
        this.#origins.problem(
          path,
          'is determined by .env, which chooses neither code nor trusted files',
          'set it in the environment',
        ),
      ),
      ...this.#keysAt(place),
    ]
  }

  #keysAt(place: Path): Problem[] {
    const address = fieldsAt(place, addressFields).find(path => this.#isOfDotenv(path))
    if (!address) return []
    // At the top, `api_keys` are those of clients.
    const keys = fieldsAt(place, place.length === 0 ? ['api_key'] : keyFields)
    const key = [address, ...keys].find(path => this.#isForeignKey(path))
    if (!key) return []
    const what = key === address ? 'a part of it' : renderPath(key)
    const message = `is determined by .env, and would get ${what}, which is not`
    return [this.#origins.problem(address, message, 'set both in the environment, or both in .env')]
  }

  #atStores(): Problem[] {
    const upstream = this.#upstreams().find(place => !this.#isUpstreamOfDotenv(place))
    if (!upstream) return []
    const message = 'is determined by .env, and would get what clients ask of other providers'
    return stores
      .flatMap(place => fieldsAt(place, addressFields))
      .filter(path => this.#isOfDotenv(path))
      .map(path => this.#origins.problem(path, message, 'set it in the environment'))
  }

  #upstreams(): Path[] {
    const providers = partsOf(valueAt(this.#trees.all, ['providers'])).map(([index]) => ['providers', index])
    const hasDefault = valueAt(this.#trees.all, ['base_url']) !== undefined
    return hasDefault ? [[], ...providers] : providers
  }

  #isUpstreamOfDotenv(place: Path): boolean {
    return fieldsAt(place, ['base_url', 'api_key', ...(place.length === 0 ? [] : ['api_keys'])]).some(path =>
      this.#isOfDotenv(path),
    )
  }

  /** Whether `.env` determines a value, wholly or in part. */
  #isOfDotenv(path: Path): boolean {
    return this.#text(path) !== undefined && this.#text(path) !== this.#text(path, this.#trees.real)
  }

  /** Whether a value has credentials of the file or of the real environment. */
  #isForeignKey(path: Path): boolean {
    if (this.#text(path) === undefined) return false
    if (this.#text(path) !== this.#text(path, this.#trees.dotenv)) return true
    const ofReal = new Set(credentialsAt(path, valueAt(this.#trees.real, path)))
    return credentialsAt(path, valueAt(this.#trees.all, path)).some(text => text !== '' && ofReal.has(text))
  }

  #text(path: Path, tree: unknown = this.#trees.all): string | undefined {
    return JSON.stringify(valueAt(tree, path))
  }
}

function fieldsAt(place: Path, fields: readonly string[]): Path[] {
  return fields.map(field => [...place, field])
}

/** The credentials in a value: a key is one itself, an address and a header may have some. */
function credentialsAt(path: Path, value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return addressFields.includes(String(path.at(-1))) ? credentialsOf(value) : [value]
  }
  const parts = partsOf(value).filter(
    ([name]) => path.at(-1) !== 'headers' || isSecret([String(name).replaceAll('-', '_')]),
  )
  return parts.flatMap(([, part]) => credentialsAt(path, part))
}

/** The paths of a value and of all mappings and lists inside it. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return [path, ...partsOf(value).flatMap(([key, part]) => placesIn(part, [...path, key]))]
}
