import type { Kind } from './kind.ts'
import { perplexityKind } from './perplexity.ts'

/** Known services with OpenAI's API at their own address, and their differences. */
export const serviceKinds: readonly Kind[] = [
  {
    name: 'blackbox',
    summary: 'Blackbox AI',
    baseUrl: 'https://api.blackbox.ai',
    hosts: /(^|\.)blackbox\.ai$/,
  },
  {
    name: 'cohere',
    summary: 'Cohere, through its compatibility API, without stream_options',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    hosts: /^api\.cohere\.(ai|com)$/,
    streamUsage: false,
  },
  {
    name: 'deepseek',
    summary: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    hosts: /^api\.deepseek\.com$/,
    keepsReasoning: true,
  },
  {
    name: 'fireworks',
    summary: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    hosts: /^api\.fireworks\.ai$/,
  },
  {
    name: 'gemini',
    summary: 'Google Gemini, through its OpenAI-compatible API',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    hosts: /^generativelanguage\.googleapis\.com$/,
  },
  {
    name: 'grok',
    summary: 'xAI Grok',
    baseUrl: 'https://api.x.ai/v1',
    hosts: /^api\.x\.ai$/,
  },
  {
    name: 'groq',
    summary: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    hosts: /^api\.groq\.com$/,
  },
  {
    name: 'mistral',
    summary: 'Mistral AI',
    baseUrl: 'https://api.mistral.ai/v1',
    hosts: /^api\.mistral\.ai$/,
  },
  {
    name: 'openrouter',
    summary: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    hosts: /^openrouter\.ai$/,
  },
  perplexityKind,
  {
    name: 'together',
    summary: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    hosts: /^api\.together\.(xyz|ai)$/,
  },
]
