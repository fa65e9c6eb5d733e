import { z } from 'zod'

export const params = z.object({
  attempts: z
    .int()
    .min(1)
    .max(8)
    .default(3)
    .describe('maximum number of programs to try: the first one and its repairs'),
  seconds: z.number().min(0.1).max(600).default(30).describe('maximum running time of a program, in seconds'),
  megabytes: z.int().min(16).max(2000).default(512).describe('maximum memory of a program, in megabytes'),
})

export type Z3Params = z.output<typeof params>
