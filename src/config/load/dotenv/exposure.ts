import { isLoopback } from '../../../text/loopback.ts'
import type { Environment } from '../../interpolate.ts'
import type { Origins } from '../../origins.ts'
import { renderPath } from '../../problems.ts'
import type { Path, Problem } from '../../problems.ts'
import { partsOf, valueAt } from '../../tree.ts'
import { addressFields, credentialsAt, isKnownTo, isPlaceholder, keyFields } from './credentials.ts'

/** One configuration with all variables, with those of the real environment only, and with those of `.env` only. */
export interface Resolved {
  readonly all: unknown
  readonly real: unknown
  readonly dotenv: unknown
}

/** The fields that name code, or files that are trusted like code. */
const trustedFields = ['plugins_dir', 'ca_file', 'redact_with']
const elsewhere = 'is determined by .env, and would get what clients ask of other providers'
const opening =
  'is determined by .env, and would let others on the network ask providers whose keys do not come from .env'

/**
 * The problems of a file that `.env` determines more of than a file of its folder may: an address beside a key that `.env`
 * does not know, a place for what clients ask of other providers, who may ask those, and code. By whatever references and settings: it is
 * seen in the values, which differ without the variables that determine them.
 */
export function exposedBy(trees: Resolved, dotenv: Environment, origins: Origins): Problem[] {
  return new Exposure(trees, dotenv, origins).problems()
}

class Exposure {
  readonly #trees: Resolved
  readonly #dotenv: Environment
  readonly #origins: Origins
  /** The credentials that variables of `.env` are parts of. */
  readonly #ofDotenv: ReadonlySet<string>

  constructor(trees: Resolved, dotenv: Environment, origins: Origins) {
    this.#trees = trees
    this.#dotenv = dotenv
    this.#origins = origins
    this.#ofDotenv = credentialsOf(trees.dotenv).difference(credentialsOf(trees.real))
  }

  problems(): Problem[] {
    const places = placesIn(this.#trees.all)
    return [
      ...places.flatMap(place => this.#atPlace(place)),
      ...this.#atStores(),
      ...this.#atDefault(),
      ...this.#atDoor(),
    ]
  }

  #atPlace(place: Path): Problem[] {
    const code = fieldsAt(place, trustedFields).filter(path => this.#isOfDotenv(path))
    const message = 'is determined by .env, which chooses neither code nor trusted files'
    return [...code.map(path => this.#problem(path, message)), ...this.#keysAt(place)]
  }

  #keysAt(place: Path): Problem[] {
    const address = this.#addressesAt(place).find(path => this.#isOfDotenv(path))
    if (!address) return []
    const key = [address, ...keysAt(place)].find(path => this.#isForeignKey(path))
    if (!key) return []
    const what = key === address ? 'a part of it' : renderPath(key)
    const message = `is determined by .env, and would get ${what}, which is not`
    return [this.#origins.problem(address, message, 'set both in the environment, or both in .env')]
  }

  /** The fields that say where a place sends its keys. A provider without an address has that of its type. */
  #addressesAt(place: Path): Path[] {
    const isOfType = isProvider(place) && valueAt(this.#trees.all, [...place, 'base_url']) === undefined
    return fieldsAt(place, isOfType ? ['type'] : addressFields)
  }

  /** The parts that get prompts and answers, or decide on limits, beside the providers. */
  #atStores(): Problem[] {
    const other = this.#upstreams().find(place => !this.#isUpstreamOfDotenv(place))
    if (!other) return []
    const scorers = partsOf(valueAt(this.#trees.all, ['scorers'])).map(([name]) => ['scorers', name])
    return [['redis'], ['ledger'], ['otel'], ...scorers]
      .flatMap(place => fieldsAt(place, addressFields))
      .filter(path => this.#isOfDotenv(path))
      .map(path => this.#problem(path, elsewhere, other))
  }

  /** The default upstream and the approach that leads there, set beside the providers of a file. */
  #atDefault(): Problem[] {
    const other = this.#upstreams().find(
      place => isProvider(place) && this.#isOfFile(place) && !this.#isUpstreamOfDotenv(place),
    )
    if (!other || !this.#isOfDotenv(['base_url'])) return []
    return [['base_url'], ['approach']]
      .filter(path => this.#isSetByDotenv(path))
      .map(path => this.#problem(path, elsewhere, other))
  }

  /** The ways to open a server with keys from elsewhere: its address, asking for no key, and other keys. */
  #atDoor(): Problem[] {
    const { all, real } = this.#trees
    const host = valueAt(all, ['host'])
    if (typeof host !== 'string' || isLoopback(host)) return []
    const other = this.#upstreams().find(place => this.#foreignKeyAt(place))
    if (!other) return []
    const ways = [
      ...(this.#isGuarded() ? [] : [['host'], ['insecure']]),
      ...(clientKeysIn(real).length > 0 ? [['api_keys']] : []),
    ]
    return ways.filter(path => this.#isSetByDotenv(path)).map(path => this.#problem(path, opening, other))
  }

  /** Whether clients need keys, none of which `.env` determines or knows. */
  #isGuarded(): boolean {
    const keys = clientKeysIn(this.#trees.all)
    const real = new Set(clientKeysIn(this.#trees.real))
    return (
      keys.length > 0 &&
      keys.every(key => real.has(key) && !isPlaceholder(key) && !isKnownTo(this.#dotenv, key))
    )
  }

  /** `other`: an upstream because of which a value is a problem. */
  #problem(path: Path, message: string, other?: Path): Problem {
    const key = other && this.#foreignKeyAt(other)
    const reason = key ? `; ${renderPath(key)} is not from .env` : ''
    return this.#origins.problem(path, message + reason, 'set it in the environment')
  }

  #upstreams(): Path[] {
    return upstreamsOf(this.#trees.all)
  }

  /** Whether an upstream has no credentials from elsewhere, and `.env` determines its address or a key, or knows its keys. */
  #isUpstreamOfDotenv(place: Path): boolean {
    if (this.#foreignKeyAt(place)) return false
    if (this.#hasOwnKey(place)) return true
    return [[...place, 'base_url'], ...ownKeysAt(place)].some(path => this.#isOfDotenv(path))
  }

  #hasOwnKey(place: Path): boolean {
    return ownKeysAt(place).some(path => credentialsAt('api_key', valueAt(this.#trees.all, path)).length > 0)
  }

  /** The first field of an upstream that has credentials from elsewhere. */
  #foreignKeyAt(place: Path): Path | undefined {
    const isBesideKey = this.#hasOwnKey(place)
    const fields = [...fieldsAt(place, addressFields), ...keysAt(place)]
    return fields.find(path => this.#isForeignKey(path, isBesideKey))
  }

  #isOfFile(path: Path): boolean {
    return this.#origins.at(path)?.source === 'file'
  }

  /** Whether a variable of `.env` sets a value by itself, and not because the file refers to it. */
  #isSetByDotenv(path: Path): boolean {
    return this.#isOfDotenv(path) && !this.#isOfFile(path)
  }

  /** Whether `.env` determines a value, wholly or in part. */
  #isOfDotenv(path: Path): boolean {
    const value = textAt(this.#trees.all, path)
    return value !== undefined && value !== textAt(this.#trees.real, this.#inReal(path))
  }

  /**
   * The path of a value among those of the real environment. Variables of `.env` may add providers: others then have
   * another index, or are the default upstream.
   */
  #inReal(path: Path): Path {
    const { all, real } = this.#trees
    const place = isProvider(path.slice(0, 2)) ? path.slice(0, 2) : []
    const name = textAt(all, [...place, 'name'])
    const address = textAt(all, [...place, 'base_url'])
    if (place.length === 0 && (address === undefined || textAt(real, ['base_url']) !== undefined)) return path
    if (place.length === 0 && !['base_url', 'api_key'].includes(String(path[0]))) return path
    const others = upstreamsOf(real)
    const found =
      others.find(other => isProvider(other) && name === textAt(real, [...other, 'name'])) ??
      others.find(other => address !== undefined && address === textAt(real, [...other, 'base_url']))
    return found ? [...found, ...path.slice(place.length)] : ['providers', -1]
  }

  /** Whether a value has credentials that `.env` does not know: of the file or of the real environment. */
  #isForeignKey(path: Path, isBesideKey = false): boolean {
    return credentialsAt(String(path.at(-1)), valueAt(this.#trees.all, path), isBesideKey).some(
      text => !this.#ofDotenv.has(text) && !isKnownTo(this.#dotenv, text),
    )
  }
}

function fieldsAt(place: Path, fields: readonly string[]): Path[] {
  return fields.map(field => [...place, field])
}

/** The fields with what an upstream is sent as credentials. At the top, `api_keys` are those of clients. */
function keysAt(place: Path): Path[] {
  return fieldsAt(place, place.length === 0 ? ['api_key'] : keyFields)
}

/** The fields with the keys of an upstream itself. */
function ownKeysAt(place: Path): Path[] {
  return fieldsAt(place, place.length === 0 ? ['api_key'] : ['api_key', 'api_keys'])
}

/** The keys that let clients ask. Until it is converted, a list may be a text. */
function clientKeysIn(tree: unknown): readonly string[] {
  const common = valueAt(tree, ['api_keys'])
  const listed = typeof common === 'string' ? common.split(',') : partsOf(common).map(([, key]) => key)
  const named = partsOf(valueAt(tree, ['clients'])).flatMap(([, client]) =>
    ['key', 'previous_key'].map(field => valueAt(client, [field])),
  )
  return [...listed, ...named].flatMap(key => (typeof key === 'string' && key !== '' ? [key] : []))
}

function isProvider(place: Path): boolean {
  return place.length === 2 && place[0] === 'providers'
}

/** The paths of the default upstream, if there is one, and of the providers. */
function upstreamsOf(tree: unknown): Path[] {
  const providers = partsOf(valueAt(tree, ['providers'])).map(([index]) => ['providers', index])
  return valueAt(tree, ['base_url']) === undefined ? providers : [[], ...providers]
}

/** All credentials in a configuration. */
function credentialsOf(tree: unknown): Set<string> {
  const fields = [...addressFields, ...keyFields]
  return new Set(
    placesIn(tree).flatMap(place =>
      fields.flatMap(field => credentialsAt(field, valueAt(tree, [...place, field]))),
    ),
  )
}

/** The paths of a value and of all mappings and lists inside it. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return [path, ...partsOf(value).flatMap(([key, part]) => placesIn(part, [...path, key]))]
}

function textAt(tree: unknown, path: Path): string | undefined {
  return JSON.stringify(valueAt(tree, path))
}
