import { codeBlocks } from '../../src/plugin.ts'

/** The beginning of a command; a program in another language, such as Python for the same solver, has none. */
const command = /(?:^|[\n)])\s{0,40}\([a-z][a-z-]{2,24}(?![\w-])/

/**
 * The SMT-LIB program in a model's reply: the last code block that queries the solver, otherwise the last one with a command,
 * otherwise the whole text if it consists of commands. Undefined without a program.
 */
export function readProgram(text: string): string | undefined {
  const blocks = codeBlocks(text)
  const programs = blocks.filter(block => command.test(block))
  const program = programs.findLast(block => block.includes('(check-sat')) ?? programs.at(-1)
  if (program !== undefined) return program.trim()
  const bare = text.trim()
  return blocks.length === 0 && /^(?:;|\([a-z])/.test(bare) && bare.includes('(') ? bare : undefined
}
