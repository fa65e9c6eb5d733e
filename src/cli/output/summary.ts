import { relative } from 'node:path'
import type { LoadedConfig } from '../../config/load/load.ts'
import type { Config, ProviderConfig } from '../../config/schema.ts'

/** Labels and what stands beside them, for a person to read. */
export type Facts = readonly (readonly [label: string, text: string])[]

/** What a configuration comes down to. Holds no key. */
export function summarize({ config, file, format }: LoadedConfig): Facts {
  const { providers, routing, approach, chains, base_url: baseUrl } = config
  const keys = config.api_keys.length
  return [
    ['configuration', describeFile(file, format)],
    ...providers.map(provider => ['provider', describeProvider(provider)] as const),
    ...(providers.length > 0 ? [['strategy', routing.strategy] as const] : []),
    ...(baseUrl === undefined ? [] : [['default upstream', baseUrl] as const]),
    ['approach', describeApproach(config, approach)],
    ...Object.entries(chains).map(([name, chain]) => ['chain', `${name} = ${chain}`] as const),
    ['client keys', keys === 0 ? 'none: whoever reaches the server may use it' : String(keys)],
  ]
}

/** Facts as lines in two columns, with a label only where it changes. */
export function renderFacts(facts: Facts): string {
  const width = Math.max(...facts.map(([label]) => label.length))
  return facts
    .map(([label, text], index) => {
      const shown = facts[index - 1]?.[0] === label ? '' : label
      return `${shown.padEnd(width)}  ${text}\n`
    })
    .join('')
}

/** A path as short as it can be from here. */
export function shownPath(file: string): string {
  const inside = relative(process.cwd(), file)
  return inside.startsWith('..') ? file : inside
}

function describeFile(file: string | undefined, format: string | undefined): string {
  if (file === undefined) return 'none; flags and environment only'
  return format === undefined ? shownPath(file) : `${shownPath(file)} (${format})`
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
  if (baseUrl !== undefined) return 'as requests name it, else straight to the default upstream'
  return providers.length > 0 ? 'as requests name it, always through proxy' : 'as requests name it'
}
