import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { explainSyntax, formatOf } from './module-hooks.ts'

const require = createRequire(import.meta.url)

/** Imports an adopted file; returns its default export or `module.exports`, undefined if it has neither. */
export async function importFile(file: string): Promise<unknown> {
  // Node 22 runs no hooks for what a CommonJS file requires if the file itself is imported.
  if (formatOf(file) === 'commonjs') return defaultOf(require(file))
  try {
    const exported: { readonly default?: unknown } = await import(pathToFileURL(file).href)
    return exported.default
  } catch (error) {
    if (error instanceof SyntaxError) explainSyntax()
    throw error
  }
}

/** The default export of a CommonJS module: compilers from ESM write it as a property. */
function defaultOf(exported: unknown): unknown {
  const compiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return compiled && 'default' in exported ? exported.default : exported
}

/** The position of an error, to follow the name of `file`: `:12` or `: other.js:12`; empty if its stack has none. */
export function positionOf(error: unknown, file: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return ''
  const syntax = /^(.+):(\d+)\n/.exec(error.stack)
  const at = syntax?.[1]?.startsWith('file:') ? fileURLToPath(syntax[1]) : syntax?.[1]
  if (at !== undefined && at !== file) return `: ${at}:${syntax?.[2]}`
  if (at !== undefined) return `:${syntax?.[2]}`
  return frameIn(error.stack, file) ?? frameIn(error.stack, pathToFileURL(file).href) ?? ''
}

function frameIn(stack: string, name: string): string | undefined {
  const start = stack.indexOf(`${name}:`)
  return start === -1 ? undefined : /^:\d+/.exec(stack.slice(start + name.length))?.[0]
}
