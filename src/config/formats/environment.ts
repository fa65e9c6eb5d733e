import type { Environment } from '../interpolate.ts'
import { Origins } from '../origins.ts'
import type { Path } from '../problems.ts'
import { Conversion } from './conversion.ts'
import type { Converted } from './convert.ts'
import { isMapping } from '../tree.ts'
import { parseJson } from '../../text/json/parse.ts'
import { referenceTo, toOurReferences } from './reference.ts'
import { servicePrefixes } from './service-prefixes.ts'

const defaultAddresses: ReadonlyMap<string, string> = new Map([
  ['openai', 'https://api.openai.com/v1'],
  ['anthropic', 'https://api.anthropic.com/v1'],
])
const notAnObject = 'is not a JSON object'
const listVariables = ['OPENAI_API_KEYS', 'ANTHROPIC_API_KEYS', 'SERVICE_ENDPOINTS']

/**
 * Converts the variables of the "load balancing LM proxy", which needs no file: keys and endpoints of each service are
 * used in turn, and the model determines the service. Undefined if no such variable is set; a single
 * `ANTHROPIC_API_KEY` counts only if there is no other upstream.
 */
export function convertEnvironment(environment: Environment, hasUpstream: boolean): Converted | undefined {
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== ''
  if (!listVariables.some(isSet) && (hasUpstream || !isSet('ANTHROPIC_API_KEY'))) return undefined
  return new EnvironmentFormat(environment).convert()
}

class EnvironmentFormat {
  readonly #environment: Environment
  readonly #ours: Conversion
  readonly #endpoints: ReadonlyMap<string, unknown>
  readonly #prefixes: ReadonlyMap<string, unknown>

  constructor(environment: Environment) {
    const origins = new Origins()
    for (const name of Object.keys(environment)) {
      origins.set([name], { source: 'environment', name, path: [] })
    }
    this.#environment = environment
    this.#ours = new Conversion(origins)
    this.#endpoints = this.#json('SERVICE_ENDPOINTS')
    this.#prefixes = this.#json('SERVICE_MODEL_PREFIXES')
  }

  convert(): Converted {
    const ours = this.#ours
    const withKeys = [...defaultAddresses.keys()].filter(service => this.#keyOf(service) !== undefined)
    const services = [...new Set([...withKeys, ...this.#endpoints.keys()])]
    ours.put(['approach'], 'proxy', [])
    ours.put(['routing', 'strategy'], 'round_robin', [])
    for (const service of services) this.#convertService(service, services.length === 1)
    return { tree: ours.tree, origins: ours.origins, problems: ours.problems, notes: ours.notes }
  }

  #convertService(service: string, isOnly: boolean): void {
    const key = this.#keyOf(service)
    const models = isOnly ? undefined : this.#modelsOf(service)
    const endpoints = this.#endpointsOf(service)
    for (const [index, { address, from }] of endpoints.entries()) {
      const at = this.#ours.addProvider(endpoints.length === 1 ? service : `${service}-${index + 1}`, from)
      // Any other service has OpenAI's API, or a kind that its host tells.
      if (servicePrefixes.has(service)) this.#ours.put([...at, 'type'], service, from)
      this.#ours.put([...at, 'base_url'], address, from)
      this.#ours.put([...at, 'model_prefixes'], models, from)
      if (key !== undefined) {
        this.#ours.put([...at, key.endsWith('S') ? 'api_keys' : 'api_key'], referenceTo(key), [key])
      }
    }
    if (key === undefined) {
      const variable = `${service.toUpperCase()}_API_KEY`
      this.#ours.note(
        ['SERVICE_ENDPOINTS', service],
        `is called without a key, because neither ${variable}S nor ${variable} is set`,
        'otherwise',
      )
    }
  }

  /** The variable with the keys of a service or, failing that, with its single key. */
  #keyOf(service: string): string | undefined {
    const name = `${service.toUpperCase()}_API_KEY`
    return [`${name}S`, name].find(variable => (this.#environment[variable] ?? '').trim() !== '')
  }

  #modelsOf(service: string): readonly string[] {
    const added = this.#prefixes.get(service) ?? []
    const models = [...(servicePrefixes.get(service) ?? []), ...(Array.isArray(added) ? added : [added])]
    if (models.length === 0) {
      const hint = `set SERVICE_MODEL_PREFIXES={"${service}": ["PREFIX-"]}`
      this.#ours.report(['SERVICE_ENDPOINTS', service], 'no models are known for this service', hint)
    }
    return models
  }

  #endpointsOf(service: string): readonly { readonly address: unknown; readonly from: Path }[] {
    const listed = this.#endpoints.get(service)
    const place: Path = ['SERVICE_ENDPOINTS', service]
    if (Array.isArray(listed)) return listed.map((address, index) => ({ address, from: [...place, index] }))
    if (listed !== undefined) return [{ address: listed, from: place }]
    const variable = `${service.toUpperCase()}_BASE_URL`
    if (this.#environment[variable]) return [{ address: referenceTo(variable), from: [variable] }]
    return [{ address: defaultAddresses.get(service), from: [this.#keyOf(service) ?? service] }]
  }

  #json(name: string): ReadonlyMap<string, unknown> {
    const text = this.#environment[name] ?? ''
    if (text.trim() === '') return new Map()
    const example = `such as {"openai": ["https://api.openai.com/v1"]}`
    let value: unknown
    let problem = notAnObject
    try {
      value = parseJson(text)
    } catch (error) {
      problem = problemOf(text, error as SyntaxError)
    }
    if (isMapping(value))
      return new Map(Object.entries(value).map(([key, inner]) => [key, toOurReferences(inner)]))
    this.#ours.report([name], problem, example)
    return new Map()
  }
}

/** V8's sentence about a place, which quotes nothing of the text. */
const aboutPlace = /^([^"]+?)(?: in| after)? JSON( at position (\d+)(?: \(line \d+ column \d+\))?)$/

/** Tells why and where a text stops being JSON, or at which character. Quotes no more of it: an address may contain a password. */
function problemOf(text: string, { message }: SyntaxError): string {
  const invalid = 'is not valid JSON'
  const [, why, place, position] = aboutPlace.exec(message) ?? []
  if (message.startsWith('Unexpected end') || Number(position) === text.length)
    return `${invalid}: it ends too early`
  if (why !== undefined) return `${invalid}: ${why[0]!.toLowerCase()}${why.slice(1)}${place}`
  const [, character] = /^Unexpected token '(.)', /u.exec(message) ?? []
  if (character === undefined) return notAnObject
  // Of an emoji, the sentence has only the first half.
  return `${invalid}: unexpected ${character.isWellFormed() ? character : 'character'}`
}
