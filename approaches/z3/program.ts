import { codeBlocks } from '../lib/answers/code-blocks.ts'

/**
 * The SMT-LIB program in what a model wrote: its last code block that asks the solver something, or else its last one
 * with a command; a text that is nothing but commands is one, too. Undefined where there is none.
 */
export function readProgram(text: string): string | undefined {
  const blocks = codeBlocks(text)
  const programs = blocks.filter(inside => inside.includes('('))
  const program = programs.findLast(inside => inside.includes('(check-sat')) ?? programs.at(-1)
  if (program !== undefined) return program.trim()
  const bare = text.trim()
  return blocks.length === 0 && /^(?:;|\([a-z])/.test(bare) && bare.includes('(') ? bare : undefined
}
