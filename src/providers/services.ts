import type { Kind } from './kind.ts'
import { perplexityKind } from './perplexity.ts'

/** Known services with OpenAI's API at their own address, and their differences. */
export const serviceKinds: readonly Kind[] = [
  {
    name: 'blackbox',
    summary: 'Blackbox AI',
    baseUrl: 'https://api.blackbox.ai',
    hosts: /(^|\.)blackbox\.ai$/,
    accepts: { tokenLimit: 'max_tokens' },
  },
  {
    name: 'cohere',
    summary: 'Cohere, through its compatibility API, without stream_options',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    hosts: /^api\.cohere\.(ai|com)$/,
    accepts: { tokenLimit: 'max_tokens', systemAnywhere: true },
    streamUsage: false,
  },
  {
    name: 'deepseek',
    summary: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    hosts: /^api\.deepseek\.com$/,
    // https://api-docs.deepseek.com/guides/chat_prefix_completion: only below the base URL of the beta.
    continues: (model, { base_url: base = '' }) =>
      /\/beta\/?$/.test(base) && !model.includes('reasoner') ? { prefix: true } : undefined,
    accepts: {
      tokenLimit: 'max_tokens',
      systemAnywhere: true,
      thoughts: ['reasoning_content'],
      needsThoughts: true,
      // "Thinking mode does not support this tool_choice": https://github.com/deepseek-ai/DeepSeek-V3/issues/1376
      thinksWhenForced: false,
      // "This response_format type is unavailable now": https://api-docs.deepseek.com/guides/json_mode
      jsonSchemas: false,
      images: false,
    },
  },
  {
    name: 'fireworks',
    summary: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    hosts: /^api\.fireworks\.ai$/,
    // https://docs.fireworks.ai/guides/reasoning
    accepts: { tokenLimit: 'max_tokens', thoughts: ['reasoning_content'] },
  },
  {
    name: 'gemini',
    summary: 'Google Gemini, through its OpenAI-compatible API',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    // Vertex AI has the same API for Gemini, and for the models of others, which think in other fields.
    hosts: /^generativelanguage\.googleapis\.com$/,
    accepts: {
      systemAnywhere: true,
      developer: true,
      extraContent: true,
      googleSettings: true,
      namedResults: true,
    },
  },
  {
    name: 'grok',
    summary: 'xAI Grok',
    baseUrl: 'https://api.x.ai/v1',
    hosts: /^api\.x\.ai$/,
    accepts: { systemAnywhere: true },
  },
  {
    name: 'groq',
    summary: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    hosts: /^api\.groq\.com$/,
    accepts: { systemAnywhere: true },
  },
  {
    name: 'mistral',
    summary: 'Mistral AI',
    baseUrl: 'https://api.mistral.ai/v1',
    hosts: /^api\.mistral\.ai$/,
    // https://docs.mistral.ai/api: an answer begins with the prefix again, which is left out as a repetition.
    continues: model => (model.includes('magistral') ? undefined : { prefix: true }),
    streamUsage: false,
    accepts: { tokenLimit: 'max_tokens', callIds: 'nine', userAfterTool: false, documentUrls: true },
  },
  {
    name: 'moonshot',
    summary: 'Moonshot AI (Kimi)',
    baseUrl: 'https://api.moonshot.ai/v1',
    hosts: /^api\.moonshot\.(ai|cn)$/,
    accepts: {
      tokenLimit: 'max_tokens',
      systemAnywhere: true,
      thoughts: ['reasoning_content'],
      needsThoughts: true,
    },
  },
  {
    name: 'openrouter',
    summary: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    hosts: /^openrouter\.ai$/,
    accepts: {
      systemAnywhere: true,
      thoughts: ['reasoning', 'reasoning_details'],
      cacheControl: true,
    },
  },
  perplexityKind,
  {
    name: 'qwen',
    summary: "Alibaba's Qwen, through Model Studio's OpenAI-compatible API",
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    hosts: /^dashscope(-\w+)?\.aliyuncs\.com$/,
    accepts: { tokenLimit: 'max_tokens', thoughts: ['reasoning_content'] },
  },
  {
    name: 'together',
    summary: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    hosts: /^api\.together\.(xyz|ai)$/,
    accepts: { tokenLimit: 'max_tokens' },
  },
]
