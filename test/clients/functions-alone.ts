import OpenAI from 'openai'
import type { Test } from 'tap'
import { error, fakeProvider } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { serve } from './serve.ts'

export type Json = Readonly<Record<string, unknown>>

export const f: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'f',
  parameters: { type: 'object', properties: {} },
  strict: false,
}

const pydantic = (type: string) =>
  `[{'type': 'literal_error', 'loc': ('body', 'tools', 1, 'CodeInterpreter', 'type'), 'msg': "Input should be 'code_interpreter'", 'input': '${type}'}]`

/** Refusals of the tool at index 1, by the type of the tool that is there. */
export const refusals: readonly (readonly [string, (type: string) => Json])[] = [
  // https://github.com/ggml-org/llama.cpp/issues/20156
  ['llama.cpp', () => ({ error: { code: 400, message: "'type' of tool must be 'function'" } })],
  // https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1810
  ['LM Studio', () => ({ error: { message: 'Invalid', param: 'tools.1.type', code: 'invalid_string' } })],
  // https://github.com/vllm-project/vllm/issues/42475
  ['vLLM', type => ({ error: { message: pydantic(type), type: 'BadRequestError', param: null, code: 400 } })],
  // https://github.com/vllm-project/vllm/issues/49493
  ['vLLM, Harmony', type => ({ error: { message: `tool type ${type} not supported`, code: 400 } })],
  // https://github.com/awsl-project/maxx/issues/537
  [
    'OpenRouter',
    () => ({
      error: { code: 'invalid_prompt', message: 'Invalid Responses API request' },
      metadata: {
        raw: JSON.stringify([{ code: 'invalid_union', path: ['tools', 1], message: 'Invalid input' }]),
      },
    }),
  ],
]

/** A service that takes functions alone. */
export function strict(refusal: (type: string) => Json, fine: Action): Action {
  return exchange => {
    const { tools = [], input } = exchange.request.body as { tools?: { type: string }[]; input?: unknown }
    const other = tools.find(({ type }) => type !== 'function')
    const wrong = other?.type ?? (/custom_tool_call/.test(JSON.stringify(input)) ? 'custom' : undefined)
    return (wrong === undefined ? fine : error(400, refusal(wrong)))(exchange)
  }
}

export async function world(t: Test, script: Action, entry: Json = { api: 'responses' }) {
  const provider = await fakeProvider(t, script)
  const own = { name: 'only', base_url: provider.url, api_key: 'k', ...entry }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  return { provider, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 }) }
}

export async function outputOf(openai: OpenAI, body: Json, streamed: boolean): Promise<readonly Json[]> {
  const whole = { model: 'm', input: 'Hi', ...body }
  const { output } = streamed
    ? await openai.responses.stream(whole).finalResponse()
    : await openai.responses.create(whole)
  return output as unknown as Json[]
}
