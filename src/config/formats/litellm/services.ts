/** A service that LiteLLM names before the slash of a model, and that is called here. */
export interface Service {
  /** The kind of provider; if absent, inferred from the base URL. */
  readonly type?: string
  readonly baseUrl?: string
  /** The variable with the key, if the file has none. */
  readonly key?: string
}

/** Services by the part before the slash of a LiteLLM model. */
export const services: Readonly<Record<string, Service>> = {
  openai: {
    type: 'openai',
    baseUrl: '${OPENAI_BASE_URL:-${OPENAI_API_BASE:-https://api.openai.com/v1}}',
    key: 'OPENAI_API_KEY',
  },
  anthropic: { type: 'anthropic', key: 'ANTHROPIC_API_KEY' },
  azure: { type: 'azure', key: 'AZURE_API_KEY' },
  xai: { type: 'grok', key: 'XAI_API_KEY' },
  perplexity: { type: 'perplexity', key: 'PERPLEXITYAI_API_KEY' },
  openrouter: { type: 'openrouter', key: 'OPENROUTER_API_KEY' },
  cohere: { type: 'cohere', key: 'COHERE_API_KEY' },
  cohere_chat: { type: 'cohere', key: 'COHERE_API_KEY' },
  gemini: { type: 'gemini', key: 'GEMINI_API_KEY' },
  groq: { type: 'groq', key: 'GROQ_API_KEY' },
  deepseek: { type: 'deepseek', key: 'DEEPSEEK_API_KEY' },
  mistral: { type: 'mistral', key: 'MISTRAL_API_KEY' },
  together_ai: { type: 'together', key: 'TOGETHERAI_API_KEY' },
  fireworks_ai: { type: 'fireworks', key: 'FIREWORKS_API_KEY' },
  moonshot: { type: 'moonshot', key: 'MOONSHOT_API_KEY' },
  dashscope: { type: 'qwen', key: 'DASHSCOPE_API_KEY' },
  cerebras: { type: 'openai', baseUrl: 'https://api.cerebras.ai/v1', key: 'CEREBRAS_API_KEY' },
  nvidia_nim: { type: 'openai', baseUrl: 'https://integrate.api.nvidia.com/v1', key: 'NVIDIA_NIM_API_KEY' },
  sambanova: { type: 'openai', baseUrl: 'https://api.sambanova.ai/v1', key: 'SAMBANOVA_API_KEY' },
  deepinfra: { type: 'openai', baseUrl: 'https://api.deepinfra.com/v1/openai', key: 'DEEPINFRA_API_KEY' },
  zai: { type: 'openai', baseUrl: 'https://api.z.ai/api/paas/v4', key: 'ZAI_API_KEY' },
  volcengine: {
    type: 'openai',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    key: 'VOLCENGINE_API_KEY',
  },
  ai21: { type: 'openai', baseUrl: 'https://api.ai21.com/studio/v1', key: 'AI21_API_KEY' },
  ai21_chat: { type: 'openai', baseUrl: 'https://api.ai21.com/studio/v1', key: 'AI21_API_KEY' },
  cloudflare: {
    type: 'openai',
    baseUrl: 'https://api.cloudflare.com/client/v4/accounts/${CLOUDFLARE_ACCOUNT_ID}/ai/v1',
    key: 'CLOUDFLARE_API_KEY',
  },
  codestral: { type: 'openai', baseUrl: 'https://codestral.mistral.ai/v1', key: 'CODESTRAL_API_KEY' },
  friendliai: { type: 'openai', baseUrl: 'https://api.friendli.ai/serverless/v1', key: 'FRIENDLI_TOKEN' },
  github: { type: 'openai', baseUrl: 'https://models.inference.ai.azure.com', key: 'GITHUB_API_KEY' },
  hyperbolic: { type: 'openai', baseUrl: 'https://api.hyperbolic.xyz/v1', key: 'HYPERBOLIC_API_KEY' },
  nebius: { type: 'openai', baseUrl: 'https://api.studio.nebius.ai/v1', key: 'NEBIUS_API_KEY' },
  novita: { type: 'openai', baseUrl: 'https://api.novita.ai/v3/openai', key: 'NOVITA_API_KEY' },
  meta_llama: { type: 'openai', baseUrl: 'https://api.llama.com/compat/v1', key: 'LLAMA_API_KEY' },
  ollama: { type: 'openai', baseUrl: '${OLLAMA_API_BASE:-http://localhost:11434}/v1' },
  ollama_chat: { type: 'openai', baseUrl: '${OLLAMA_API_BASE:-http://localhost:11434}/v1' },
  hosted_vllm: { type: 'openai', baseUrl: '${HOSTED_VLLM_API_BASE}' },
  lm_studio: { type: 'openai', baseUrl: '${LM_STUDIO_API_BASE}' },
  litellm_proxy: {
    type: 'openai',
    baseUrl: '${LITELLM_PROXY_API_BASE}',
    key: 'LITELLM_PROXY_API_KEY',
  },
  custom_openai: { type: 'openai' },
  llamafile: { type: 'openai', baseUrl: 'http://127.0.0.1:8080/v1' },
  openai_like: { type: 'openai' },
  xinference: { type: 'openai' },
}

/** Hosts with an API of their own, which LiteLLM calls through OpenAI's if told so. */
const ownApis = /(?:^|\.)(?:azure|anthropic)\.com$/

/**
 * Whether an address may be that of any service with OpenAI's API: it is an address, and its host has no API of its own.
 * LiteLLM means each of them by `openai/`, such as `openai/deepseek-chat` at DeepSeek.
 */
export function mayBeOtherService(address: unknown): boolean {
  return typeof address === 'string' && URL.canParse(address) && !ownApis.test(new URL(address).hostname)
}
