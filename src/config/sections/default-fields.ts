import { z } from 'zod'
import { count } from '../value-schemas.ts'

/** Fields that make a request what it is, or that decide how its answer is read: only a request may have them. */
const ofRequests = ['model', 'messages', 'input', 'stream', 'stream_options', 'n', 'tools', 'functions']

/** `defaults` of a provider: fields of chat completions for requests that do not set them. */
export const defaultFields = () =>
  z
    .object({
      temperature: z.number().min(0).max(2).optional().describe('Randomness of answers'),
      top_p: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('Share of the likeliest tokens that are drawn from'),
      max_tokens: count().optional().describe('Maximum tokens of an answer'),
      max_completion_tokens: count().optional().describe('Maximum tokens of an answer, by its newer name'),
    })
    .catchall(z.unknown())
    .superRefine((fields, context) => {
      for (const field of ofRequests.filter(name => name in fields))
        context.addIssue({ code: 'custom', path: [field], message: 'only a request may set this field' })
    })
