import type { Kind } from './kind.ts'

/** Every service that speaks OpenAI's API as it is. */
export const openaiKind: Kind = {
  name: 'openai',
  summary: 'OpenAI and every endpoint that speaks its API (Ollama, vLLM, llama.cpp, Together, LiteLLM ...)',
}
