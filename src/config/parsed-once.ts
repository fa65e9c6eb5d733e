/** Options for a schema that parses once or twice in all: zod compiles a parser for it otherwise, which takes longer. */
export const parsedOnce = { jitless: true } as const
