import { z } from 'zod'

/** A required field whose value is not checked. */
export const anything = z.unknown().optional()

/** A function call as services other than OpenAI's accept it; `more` are their own fields. */
export function callShape(id: z.ZodType, name: z.ZodType, more: z.ZodRawShape = {}) {
  return z.strictObject({
    id,
    type: z.literal('function').optional(),
    function: z.strictObject({ name, arguments: z.string() }),
    ...more,
  })
}

/** A tool as services other than OpenAI's accept it. */
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
