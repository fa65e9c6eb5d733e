import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { explainSyntax, formatOf } from './module-hooks.ts'

const require = createRequire(import.meta.url)

/** What an adopted file exports: its default export, or `module.exports`; undefined where there is none. */
export async function importFile(file: string): Promise<unknown> {
  // Node 22 runs no hooks for what a CommonJS file requires, once the file itself was imported.
  if (formatOf(file) === 'commonjs') return unwrapped(require(file))
  try {
    const exported: { readonly default?: unknown } = await import(pathToFileURL(file).href)
    return exported.default
  } catch (error) {
    if (error instanceof SyntaxError) explainSyntax()
    throw error
  }
}

/** Compilers of ESM to CommonJS write the default export as a field. */
function unwrapped(exported: unknown): unknown {
  const compiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return compiled && 'default' in exported ? exported.default : exported
}

/** Where an error came up, to follow the name of `file`: `:12`, or `: other.js:12`; empty where its stack does not say. */
export function placeOf(error: unknown, file: string): string {
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
