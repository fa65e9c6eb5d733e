import type { Kind } from './kind.ts'

/** Every service with exactly OpenAI's API. */
export const openaiKind: Kind = {
  name: 'openai',
  summary: 'OpenAI and every endpoint that speaks its API (Ollama, vLLM, llama.cpp, Together, LiteLLM ...)',
}
