import { z } from 'zod'
import type { $ZodIssue } from 'zod/v4/core'
import { HulumanageError } from '../contract/index.ts'

/** The most characters that the name of a model may have, its chain included. */
export const maxModelLength = 2048

/** What the name of a model is made of. */
// oxlint-disable-next-line no-control-regex
export const withoutControls = /^[^\u0000-\u001f\u007f]*$/

/** Fields that both chat and legacy completions have; what is not listed passes unchecked. */
export const sharedFields = {
  model: z
    .string()
    .min(1)
    .max(maxModelLength)
    .regex(withoutControls, 'must not contain control characters')
    .nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  max_tokens: z.int().min(0).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string())], 'expected a string or a list of strings').nullish(),
}

/** A JSON object that has not been checked further. */
export type Body = Readonly<Record<string, unknown>>

/** The body as an object; throws where it is anything else. */
export function bodyObject(body: unknown): Body {
  if (isObject(body)) return body
  throw new HulumanageError(
    'invalid_value',
    'The request body must be a JSON object, such as {"model": "...", "messages": [...]}',
  )
}

/** Whether a parsed value is a JSON object, neither null nor a list. */
export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Checks a body, or the part of one at `path`; throws a coded error that names the first field at fault. */
export function check<S extends z.ZodType>(schema: S, part: unknown, path = ''): z.output<S> {
  const result = schema.safeParse(part)
  if (result.success) return result.data
  throw invalidValue(result.error, path)
}

/** The error of a field that is well-formed but cannot be served. */
export function refused(param: string, what: string): HulumanageError {
  return new HulumanageError('invalid_value', `${param}: ${what}`, { param })
}

/** The first problem that zod found, as the error of a request; `within` is the path of what was checked. */
export function invalidValue(error: z.core.$ZodError, within = ''): HulumanageError {
  // A failed parse has at least one issue.
  const issue = error.issues[0]!
  const param = pathOf(issue, within)
  return new HulumanageError('invalid_value', `${param}: ${lowerFirst(issue.message)}`, { param })
}

function pathOf({ path }: $ZodIssue, within: string): string {
  let text = within
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

function lowerFirst(message: string): string {
  return message.replace(/^Invalid input: /, '').replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase())
}
