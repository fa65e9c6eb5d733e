import { z } from 'zod'

/** A duration in seconds. Node fires a longer timer than 2^31 ms at once, so the bound is a safety limit. */
export const seconds = () => z.number().positive().max(2_147_483)
/** A whole number of at least one. */
export const count = () => z.int().min(1)
/** The name of an approach, a wrapper or a chain. */
export const stepName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .meta({ expected: 'lower case letters, digits and underscores, a letter first' })
/** Where an HTTP service is. */
export const address = () => z.url({ protocol: /^https?$/ }).meta({ expected: 'an http or https URL' })
/** A secret. Trimmed, for secrets read from files end in a line feed; what else HTTP cannot carry is refused before the first call. */
export const key = () =>
  z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]*$/)
    .meta({ expected: 'text of printable characters without spaces' })
/** A token of RFC 9110. */
export const headerName = () =>
  z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
    .meta({ expected: 'the name of an HTTP header' })
/** What a header may hold: one byte for each character. */
export const headerValue = () =>
  z
    .string()
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/)
    .meta({ expected: 'text in one line that HTTP can carry' })
/** A web origin as browsers write it, or `*` for all. */
export const origin = () =>
  z
    .string()
    .toLowerCase()
    .regex(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+)$/)
    .meta({ expected: 'an origin such as https://app.example, without a path, or "*"' })
