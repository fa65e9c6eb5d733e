import { relative } from 'node:path'
import type { LoadedConfig } from '../../config/load/load.ts'
import { withoutLogin } from '../../text/address-login.ts'
import { shownPostgresUrl } from '../../text/postgres-url.ts'
import type { Config, ProviderConfig } from '../../config/schema.ts'
import { isInMemory } from '../../ledger/place.ts'
import { placeOfLedger } from '../ledger/place.ts'

/** Labels and their texts, for people to read. */
export type Facts = readonly (readonly [label: string, text: string])[]

/** Summarizes a configuration. The summary contains no secrets. */
export function summarize({ config, file, format }: LoadedConfig): Facts {
  const { providers, routing, approach, chains, base_url: baseUrl } = config
  const keys = config.api_keys.length + config.clients.length
  return [
    ['configuration', describeFile(file, format)],
    ...providers.map(provider => ['provider', describeProvider(provider)] as const),
    ...(providers.length > 0 ? [['strategy', routing.strategy] as const] : []),
    ...(baseUrl === undefined ? [] : [['default upstream', baseUrl] as const]),
    ['approach', describeApproach(config, approach)],
    ...Object.entries(chains).map(([name, chain]) => ['chain', `${name} = ${chain}`] as const),
    ['shared state', describeStore(config)],
    ['ledger', describeLedger(config, file)],
    ['client keys', keys === 0 ? 'none: anyone who can reach the server may use it' : String(keys)],
  ]
}

/** Renders facts as lines of two columns; a repeated label is shown once. */
export function renderFacts(facts: Facts): string {
  const width = Math.max(...facts.map(([label]) => label.length))
  return facts
    .map(([label, text], index) => {
      const shown = facts[index - 1]?.[0] === label ? '' : label
      return `${shown.padEnd(width)}  ${text}\n`
    })
    .join('')
}

/** A path relative to the working folder if it is inside, else absolute. */
export function shownPath(file: string): string {
  const inside = relative(process.cwd(), file)
  return inside.startsWith('..') ? file : inside
}

function describeFile(file: string | undefined, format: string | undefined): string {
  if (file === undefined) return 'none, only flags and environment'
  return format === undefined ? shownPath(file) : `${shownPath(file)} (${format})`
}

/** Where limits, health and counts are kept, without a password. */
function describeStore({ redis, workers }: Config): string {
  if (redis === undefined)
    return workers > 1 ? 'in this server, shared by its workers' : 'not shared (one worker, no Redis)'
  const { url, cluster, sentinels } = redis
  const way = sentinels ? ', found by sentinels' : cluster ? ', a cluster' : ''
  return `${withoutLogin(url)}${way}`
}

function describeLedger(config: Config, file: string | undefined): string {
  const { enabled, url } = config.ledger
  if (!enabled) return 'off'
  if (url !== undefined) return shownPostgresUrl(url)
  const path = placeOfLedger(config, file)
  return isInMemory(path) ? 'in memory, until the server ends' : shownPath(path)
}

function describeProvider(provider: ProviderConfig): string {
  const { name, type, base_url: baseUrl, weight, fallback_only: last, max_concurrent: most } = provider
  const facts = [
    type,
    baseUrl && new URL(baseUrl).host,
    last ? 'only when all others have failed' : `weight ${weight}`,
    most === undefined ? undefined : `at most ${most} at a time`,
  ]
  return `${name} (${facts.filter(Boolean).join(', ')})`
}

function describeApproach({ providers, base_url: baseUrl }: Config, approach: string): string {
  if (approach !== 'auto') return approach
  if (baseUrl !== undefined) return 'named by each request, else the default upstream without any'
  return providers.length > 0 ? 'named by each request, always through proxy' : 'named by each request'
}
