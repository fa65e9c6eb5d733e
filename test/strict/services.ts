import type { ReceivedRequest } from '../fake-provider.ts'
import { anthropicViolations, countViolations } from './anthropic.ts'
import { deepseekR1Violations, deepseekViolations } from './deepseek.ts'
import { geminiViolations } from './gemini.ts'
import { mistralViolations } from './mistral.ts'
import { openaiViolations } from './openai.ts'
import { responsesViolations } from './responses.ts'
import { alternatingViolations, qwenViolations } from './templates.ts'
import { violation } from './shape.ts'

/** Services whose rules are known; `alternating` is a server whose template requires alternating turns. */
export type Service =
  'openai' | 'anthropic' | 'gemini' | 'deepseek' | 'deepseek-r1' | 'mistral' | 'qwen' | 'alternating'

type Request = Pick<ReceivedRequest, 'path' | 'headers' | 'body'>

const chat: Readonly<Record<Exclude<Service, 'openai' | 'anthropic'>, (body: unknown) => string[]>> = {
  gemini: geminiViolations,
  deepseek: deepseekViolations,
  'deepseek-r1': deepseekR1Violations,
  mistral: mistralViolations,
  qwen: qwenViolations,
  alternating: alternatingViolations,
}

/** Lists what a service would refuse in a request, by its path, its headers and its body. */
export function requestViolations(service: Service, { path, headers, body }: Request): string[] {
  const [route = ''] = path.split('?')
  if (service === 'anthropic') return messagesViolations(route, headers, body)
  if (service === 'openai' && route.endsWith('/responses')) return responsesViolations(body)
  if (!route.endsWith('/chat/completions')) return []
  return service === 'openai' ? openaiViolations(body) : chat[service](body)
}

/** https://platform.claude.com/docs/en/api/overview */
function messagesViolations(route: string, headers: Request['headers'], body: unknown): string[] {
  const betas = (headers['anthropic-beta'] ?? '').split(',').map(beta => beta.trim())
  const named = [
    ...(headers['anthropic-version'] ? [] : [violation(['anthropic-version'], 'the header is required')]),
    ...(!headers['x-api-key'] === !headers['authorization']
      ? [violation(['x-api-key'], 'this header or authorization is required, not both')]
      : []),
  ]
  if (route.endsWith('/v1/messages')) return [...named, ...anthropicViolations(body, betas)]
  if (route.endsWith('/v1/messages/count_tokens')) return [...named, ...countViolations(body, betas)]
  return [...named, violation(['path'], `the service has no ${route}`)]
}
