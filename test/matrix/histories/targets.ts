import type { Test } from 'tap'
import { providerSchema } from '../../../src/config/schema.ts'
import { builtInKinds, kindOf } from '../../../src/providers/kinds.ts'
import { Provider } from '../../../src/providers/provider.ts'
import type { Service } from '../../strict/index.ts'

/** A provider to send histories to. */
export interface Target {
  /** The judge of its requests; undefined if its rules are not known. */
  readonly service?: Service
  readonly model: string
  readonly entry: object
  /** The dialect whose requests are not changed, since their body is relayed. */
  readonly relays?: 'chat' | 'messages' | 'responses'
}

const openai = { service: 'openai', model: 'gpt-5.1' } as const

export const targets: Readonly<Record<string, Target>> = {
  openai: { ...openai, entry: { base_url: 'https://api.openai.com/v1' } },
  'openai, through Responses': {
    ...openai,
    entry: { base_url: 'https://api.openai.com/v1', api: 'responses' },
    relays: 'responses',
  },
  azure: { ...openai, entry: { type: 'azure', base_url: 'https://a.openai.azure.com' } },
  anthropic: {
    service: 'anthropic',
    model: 'claude-sonnet-4-5',
    entry: { type: 'anthropic' },
    relays: 'messages',
  },
  gemini: { service: 'gemini', model: 'gemini-3-pro', entry: { type: 'gemini' } },
  deepseek: { service: 'deepseek', model: 'deepseek-reasoner', entry: { type: 'deepseek' } },
  moonshot: {
    service: 'deepseek',
    model: 'deepseek-reasoner',
    entry: { type: 'moonshot', accepts: { images: false } },
  },
  mistral: { service: 'mistral', model: 'mistral-large', entry: { type: 'mistral' } },
  qwen: { service: 'qwen', model: 'qwen3', entry: { type: 'qwen' } },
  grok: { service: 'openai', model: 'grok-4', entry: { type: 'grok' } },
  groq: { service: 'openai', model: 'llama', entry: { type: 'groq' } },
  together: { service: 'qwen', model: 'qwen3', entry: { type: 'together' } },
  openrouter: { model: 'anthropic/claude-sonnet-4.5', entry: { type: 'openrouter' } },
  perplexity: { model: 'sonar', entry: { type: 'perplexity' }, relays: 'responses' },
  'a server that we know nothing about': {
    service: 'qwen',
    model: 'm',
    entry: { base_url: 'http://127.0.0.1:1/v1' },
    relays: 'chat',
  },
}

const kinds = {
  get: (name: string) => builtInKinds.find(kind => kind.name === name),
  values: () => builtInKinds,
}

/** The provider of a target; it sends nothing, but writes what it would send. */
export function providerOf(t: Test, { entry }: Target): Provider {
  const config = providerSchema.parse({ name: 'a', api_key: 'sk-test', ...entry })
  const provider = new Provider(config, kindOf(config, kinds), 1000)
  t.teardown(() => provider.close())
  return provider
}
