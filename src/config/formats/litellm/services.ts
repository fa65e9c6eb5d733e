import { firstOf } from '../reference.ts'
import { isAnthropicPath } from '../service-address.ts'

/** A service that LiteLLM names before the slash of a model, and that is called here. */
export interface Service {
  /** The kind of provider. */
  readonly type: string
  /** Its address, unless the file or the environment has another. */
  readonly address?: string
  /** The variables with its address, the first that is set; if absent, the one that has its name. */
  readonly variables?: readonly string[]
  /** The path of the API that is called here, below addresses as LiteLLM takes them. */
  readonly path?: string
  /** The variable with the key if the file has none, or several, of which the first that is set has it. */
  readonly key?: string | readonly string[]
}

const ollama: Service = {
  type: 'openai',
  address: 'http://localhost:11434',
  variables: ['OLLAMA_API_BASE'],
  path: '/v1',
}
const cohere: Service = { type: 'cohere', variables: [], key: ['COHERE_API_KEY', 'CO_API_KEY'] }
const ai21: Service = {
  type: 'openai',
  address: 'https://api.ai21.com/studio/v1',
  variables: ['AI21_API_BASE'],
  key: 'AI21_API_KEY',
}

/** Services by the part before the slash of a LiteLLM model. */
export const services: Readonly<Record<string, Service>> = {
  openai: {
    type: 'openai',
    address: 'https://api.openai.com/v1',
    variables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
    key: 'OPENAI_API_KEY',
  },
  anthropic: {
    type: 'anthropic',
    address: 'https://api.anthropic.com',
    variables: ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL'],
    path: '/v1',
    key: 'ANTHROPIC_API_KEY',
  },
  azure: { type: 'azure', key: 'AZURE_API_KEY' },
  xai: { type: 'grok', address: 'https://api.x.ai/v1', key: 'XAI_API_KEY' },
  perplexity: {
    type: 'perplexity',
    address: 'https://api.perplexity.ai/v1',
    key: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
  },
  openrouter: {
    type: 'openrouter',
    address: 'https://openrouter.ai/api/v1',
    key: ['OPENROUTER_API_KEY', 'OR_API_KEY'],
  },
  // The addresses of Cohere in LiteLLM are those of its own API.
  cohere,
  cohere_chat: cohere,
  gemini: {
    type: 'gemini',
    address: 'https://generativelanguage.googleapis.com',
    path: '/v1beta/openai',
    key: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
  },
  groq: { type: 'groq', address: 'https://api.groq.com/openai/v1', key: 'GROQ_API_KEY' },
  deepseek: { type: 'deepseek', address: 'https://api.deepseek.com', key: 'DEEPSEEK_API_KEY' },
  mistral: {
    type: 'mistral',
    address: 'https://api.mistral.ai',
    variables: ['MISTRAL_AZURE_API_BASE'],
    path: '/v1',
    key: ['MISTRAL_AZURE_API_KEY', 'MISTRAL_API_KEY'],
  },
  together_ai: {
    type: 'together',
    address: 'https://api.together.xyz/v1',
    key: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_TOKEN'],
  },
  fireworks_ai: {
    type: 'fireworks',
    address: 'https://api.fireworks.ai/inference/v1',
    variables: ['FIREWORKS_API_BASE'],
    key: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY', 'FIREWORKS_AI_TOKEN'],
  },
  moonshot: { type: 'moonshot', address: 'https://api.moonshot.ai/v1', key: 'MOONSHOT_API_KEY' },
  dashscope: {
    type: 'qwen',
    address: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    key: 'DASHSCOPE_API_KEY',
  },
  cerebras: { type: 'openai', address: 'https://api.cerebras.ai/v1', key: 'CEREBRAS_API_KEY' },
  nvidia_nim: { type: 'openai', address: 'https://integrate.api.nvidia.com/v1', key: 'NVIDIA_NIM_API_KEY' },
  sambanova: { type: 'openai', address: 'https://api.sambanova.ai/v1', key: 'SAMBANOVA_API_KEY' },
  deepinfra: { type: 'openai', address: 'https://api.deepinfra.com/v1/openai', key: 'DEEPINFRA_API_KEY' },
  zai: { type: 'openai', address: 'https://api.z.ai/api/paas/v4', key: 'ZAI_API_KEY' },
  volcengine: {
    type: 'openai',
    address: 'https://ark.cn-beijing.volces.com/api/v3',
    key: 'VOLCENGINE_API_KEY',
  },
  ai21,
  ai21_chat: ai21,
  cloudflare: {
    type: 'openai',
    address: 'https://api.cloudflare.com/client/v4/accounts/${CLOUDFLARE_ACCOUNT_ID}/ai/v1',
    // Its variable in LiteLLM has the address of its own API.
    variables: [],
    key: 'CLOUDFLARE_API_KEY',
  },
  codestral: { type: 'openai', address: 'https://codestral.mistral.ai/v1', key: 'CODESTRAL_API_KEY' },
  friendliai: {
    type: 'openai',
    address: 'https://api.friendli.ai/serverless/v1',
    variables: ['FRIENDLI_API_BASE'],
    key: ['FRIENDLIAI_API_KEY', 'FRIENDLI_TOKEN'],
  },
  github: { type: 'openai', address: 'https://models.inference.ai.azure.com', key: 'GITHUB_API_KEY' },
  hyperbolic: { type: 'openai', address: 'https://api.hyperbolic.xyz/v1', key: 'HYPERBOLIC_API_KEY' },
  nebius: { type: 'openai', address: 'https://api.studio.nebius.ai/v1', key: 'NEBIUS_API_KEY' },
  novita: { type: 'openai', address: 'https://api.novita.ai/v3/openai', key: 'NOVITA_API_KEY' },
  meta_llama: {
    type: 'openai',
    address: 'https://api.llama.com/compat/v1',
    variables: ['LLAMA_API_BASE'],
    key: 'LLAMA_API_KEY',
  },
  ollama,
  ollama_chat: ollama,
  hosted_vllm: { type: 'openai' },
  lm_studio: { type: 'openai' },
  litellm_proxy: { type: 'openai', key: 'LITELLM_PROXY_API_KEY' },
  custom_openai: { type: 'openai', variables: [] },
  llamafile: { type: 'openai', address: 'http://127.0.0.1:8080/v1' },
  openai_like: { type: 'openai' },
  xinference: { type: 'openai' },
}

/** The address of a service, as LiteLLM takes it from the environment; undefined if its kind of provider has the only one. */
export function baseUrlOf(name: string): string | undefined {
  const { address, variables = [`${name.toUpperCase()}_API_BASE`] } = services[name] ?? {}
  return firstOf(variables, address)
}

/** Hosts with an API of their own, which LiteLLM calls through OpenAI's if told so. */
const ownApis = /(?:^|\.)(?:azure|anthropic)\.com$/

/**
 * Whether an address may be that of any service with OpenAI's API: it is an address, and neither its host nor its path tells
 * another API. LiteLLM means each of them by `openai/`, such as `openai/deepseek-chat` at DeepSeek.
 */
export function mayBeOtherService(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null
  return url !== null && !ownApis.test(url.hostname) && !isAnthropicPath(url.pathname)
}
