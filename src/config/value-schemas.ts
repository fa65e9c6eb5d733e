import { z } from 'zod'

/** A duration in seconds. The bound is a safety limit: Node fires a timer longer than 2^31 ms at once. */
export const seconds = () => z.number().positive().max(2_147_483)
/** A whole number of at least one. */
export const count = () => z.int().min(1)
/** The name of an approach, a wrapper or a chain. */
export const stepName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .meta({ expected: 'lower-case letters, digits and underscores, starting with a letter' })
/** The address of an HTTP service. */
export const address = () => z.url({ protocol: /^https?$/ }).meta({ expected: 'an http or https URL' })
/**
 * A secret. Trimmed, because secrets read from files end in a line feed, and without the quotes that Docker leaves around a
 * value of an `--env-file`; anything else HTTP cannot carry is refused up front.
 */
export const key = () =>
  z
    .string()
    .trim()
    .overwrite(text => /^(["'])(.+)\1$/.exec(text)?.[2] ?? text)
    .regex(/^[\x21-\x7e]*$/)
    .meta({ expected: 'printable characters without spaces' })
/** A token of RFC 9110. */
export const headerName = () =>
  z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
    .meta({ expected: 'the name of an HTTP header' })
/** The value of a header: one byte per character. */
export const headerValue = () =>
  z
    .string()
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/)
    .meta({ expected: 'one line of text that HTTP can carry' })
/** A web origin as browsers send it, or `*` for all. */
export const origin = () =>
  z
    .string()
    .toLowerCase()
    .regex(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+)$/)
    .meta({ expected: 'an origin such as https://app.example, without a path, or "*"' })

/** Fields without which a body is not a request. */
const neededFields: ReadonlySet<string> = new Set(['model', 'messages', 'input', 'stream'])

/** A top-level field of a request body that may be changed. */
export function fieldName() {
  return z
    .string()
    .min(1)
    .refine(name => !neededFields.has(name), 'this field must stay as it is')
}
