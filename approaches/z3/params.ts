import { z } from 'zod'

export const params = z.object({
  attempts: z.int().min(1).max(8).default(3).describe('programs to try, the first one and its repairs'),
  seconds: z.number().min(0.1).max(600).default(30).describe('time for one program to run'),
  megabytes: z.int().min(16).max(2000).default(512).describe('memory for one program to run'),
})

export type Z3Params = z.output<typeof params>
