import type { UpstreamErrorBody } from '../../contract/index.ts'
import type { Subject } from './subject-rules.ts'

/** Codes that OpenAI's clients rely on, for services that have only a message or a type. */
const codes: Partial<Record<Subject, string>> = {
  length: 'context_length_exceeded',
  model: 'model_not_found',
}

/** The error with the code that OpenAI gives such an error, if the service gives it none. */
export function withCode(
  body: UpstreamErrorBody | undefined,
  status: number,
  subject: Subject | undefined,
): UpstreamErrorBody | undefined {
  if (!body || (body.code !== null && !/^\d*$/.test(body.code))) return body
  if (status === 429 && /rate_limit/.test(body.type)) return { ...body, code: 'rate_limit_exceeded' }
  const code = subject && codes[subject]
  return code === undefined ? body : { ...body, code }
}
