import type { ProviderConfig } from '../config/schema.ts'
import { HulumanageError } from '../contract/index.ts'
import { anthropicKind } from './anthropic/anthropic.ts'
import { azureKind } from './azure.ts'
import type { Kind } from './kind.ts'
import { openaiKind } from './openai.ts'
import { serviceKinds } from './services.ts'
import { simulatedKind } from './simulated/simulated.ts'
import { didYouMean } from '../text/did-you-mean.ts'

/** The kinds of services that come with the package. */
export const builtInKinds: readonly Kind[] = [
  openaiKind,
  anthropicKind,
  azureKind,
  simulatedKind,
  ...serviceKinds,
]

/** Kinds by name. */
export interface Kinds {
  get: (name: string) => Kind | undefined
  values: () => readonly Kind[]
}

/** The kind of a provider: the one named by its `type`, else the one its base URL's host belongs to, else OpenAI's. */
export function kindOf(config: ProviderConfig, kinds: Kinds): Kind {
  const name = config.type ?? kindNameByHost(config.base_url, kinds.values())
  const kind = kinds.get(name)
  if (kind) return kind
  const names = kinds.values().map(known => known.name)
  const hint = didYouMean(name, names) ?? `known are ${names.join(', ')}`
  throw new HulumanageError(
    'config_invalid',
    `Provider "${config.name}": no kind of service is called "${name}"; ${hint}`,
  )
}

function kindNameByHost(baseUrl: string | undefined, kinds: readonly Kind[]): string {
  if (baseUrl === undefined) return openaiKind.name
  const { hostname } = new URL(baseUrl)
  return kinds.find(kind => kind.hosts?.test(hostname))?.name ?? openaiKind.name
}
