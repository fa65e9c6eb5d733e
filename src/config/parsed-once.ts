/** Options for a schema that parses only once or twice: compiling a parser for it, zod's default, would take longer. */
export const parsedOnce = { jitless: true } as const
