import { z } from 'zod'
import type { $ZodIssue } from 'zod/v4/core'
import { describeRefusal } from '../config/expectation.ts'
import { HulumanageError } from '../contract/index.ts'
import { clip } from '../text/clip.ts'

/** Maximum characters in the name of a model, chain included. */
export const maxModelLength = 2048

/** Matches the names that a model may have. */
// oxlint-disable-next-line no-control-regex
export const withoutControls = /^[^\u0000-\u001f\u007f]*$/

/** Fields that chat and legacy completions share; others pass unchecked. */
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

/** The body as an object; throws if it is anything else. */
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
  const result = schema.safeParse(part, { error: describeRefusal })
  if (result.success) return result.data
  throw schemaError(result.error, path)
}

/** The error for a well-formed field that cannot be served. */
export function invalidField(param: string, problem: string): HulumanageError {
  return new HulumanageError('invalid_value', `${param}: ${problem}`, { param })
}

/** The first issue that zod found, as the error of a request; `path` leads to the part that was checked. */
export function schemaError(error: z.core.$ZodError, path = ''): HulumanageError {
  // A failed parse has at least one issue.
  const issue = error.issues[0]!
  return invalidField(pathOf(issue, path), lowerFirst(issue.message))
}

function pathOf({ path }: $ZodIssue, start: string): string {
  let text = start
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? clip(String(part)) : `.${clip(String(part))}`
  }
  return text
}

function lowerFirst(message: string): string {
  return message.replace(/^Invalid input: /, '').replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase())
}
