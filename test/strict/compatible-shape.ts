import { z } from 'zod'

/** A field that is there and not looked at. */
export const anything = z.unknown().optional()

/** A function call as services take it that are not OpenAI's; `more` are fields of their own. */
export function callShape(id: z.ZodType, name: z.ZodType, more: z.ZodRawShape = {}) {
  return z.strictObject({
    id,
    type: z.literal('function').optional(),
    function: z.strictObject({ name, arguments: z.string() }),
    ...more,
  })
}

/** A tool as services take it that are not OpenAI's. */
export function toolShape(name: z.ZodType) {
  return z.strictObject({
    type: z.literal('function'),
    function: z.strictObject({
      name,
      description: z.string().optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullish(),
    }),
  })
}
