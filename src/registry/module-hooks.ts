import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import type { LoadFnOutput, LoadHookSync, ResolveHookSync } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'

/** Where a syntax error has to be: V8 compiles a module right after it was read. */
let lastRead: string | undefined

/** What a plugin file may import without installing it: the host's own copies. */
const shared = new Map(
  ['hulumanage/plugin', 'zod', 'fastify-plugin'].map(name => [name, import.meta.resolve(name)]),
)

/** URLs of plugin folders and files. Module hooks belong to the process, so this does, too. */
const roots: { readonly url: string; readonly builtIn: boolean }[] = []

/**
 * Lets the files below `path` (a real path) load wherever they lie: no package.json is asked how to read them, no
 * node_modules where to find `shared`. Files of the package keep Node's own handling of TypeScript, which is cached.
 */
export function adoptPath(path: string, builtIn = false): void {
  const url = pathToFileURL(path).href
  if (rootOf(url)) return
  roots.push({ url, builtIn })
  if (!builtIn || !url.startsWith(packageRoot) || holdsPlainCode(path)) engage()
}

/** Whether somebody has dropped JavaScript into a folder of sources, or these are built. */
function holdsPlainCode(path: string): boolean {
  const names = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
    : [path]
  return names.some(name => /\.[cm]?js$/.test(name))
}

/** Node asks the hooks about every file, so it is not told of them before one needs them: those of a checkout do not. */
function engage(): void {
  if (engaged) return
  engaged = true
  registerHooks({ resolve, load })
}

let engaged = false
const packageRoot = new URL('../../', import.meta.url).href

/** How to load an adopted file: by its extension or, where that leaves it open, by its syntax. */
export function formatOf(file: string): 'module' | 'commonjs' {
  const url = pathToFileURL(file).href
  return isOurs(url) ? read(url).format : 'module'
}

/** Throws the syntax error of the file read last with its line, which V8 does not tell of a module; returns if it finds none. */
export function explainSyntax(): void {
  if (lastRead !== undefined) withoutTypes(readFileSync(fileURLToPath(lastRead), 'utf8'), lastRead)
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  const { parentURL } = context
  if (parentURL === undefined || !rootOf(parentURL)) return nextResolve(specifier, context)
  const url = shared.get(specifier) ?? neighbour(specifier, parentURL)
  return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
}

const load: LoadHookSync = (url, context, nextLoad) => (isOurs(url) ? read(url) : nextLoad(url, context))

/** A file of code named by a relative path. Node, resolving it itself, would load it by the nearest package.json after all. */
function neighbour(specifier: string, parentUrl: string): string | undefined {
  if (!/^\.{1,2}\/.*\.[cm]?[jt]s$/.test(specifier)) return undefined
  try {
    return pathToFileURL(realpathSync(fileURLToPath(new URL(specifier, parentUrl)))).href
  } catch {
    // Node's own resolver says best what is missing.
    return undefined
  }
}

function rootOf(url: string): (typeof roots)[number] | undefined {
  return roots.find(
    root =>
      url.startsWith(root.url) &&
      (url.length === root.url.length || url[root.url.length] === '/') &&
      !url.includes('/node_modules/', root.url.length),
  )
}

function isOurs(url: string): boolean {
  const root = rootOf(url)
  return root !== undefined && (root.builtIn ? /\.[cm]?js$/ : /\.[cm]?[jt]s$/).test(url)
}

function read(url: string): LoadFnOutput & { readonly format: 'module' | 'commonjs' } {
  lastRead = url
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const source = url.endsWith('ts') ? withoutTypes(text, url) : text
  return { format: formatBy(url, source), source, shortCircuit: true }
}

function formatBy(url: string, source: string): 'module' | 'commonjs' {
  if (/\.m[jt]s$/.test(url)) return 'module'
  return /\.c[jt]s$/.test(url) || isCommonJs(source) ? 'commonjs' : 'module'
}

/** Whether the source compiles as the function body that CommonJS makes of it, which `import` and `export` do not. */
function isCommonJs(source: string): boolean {
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'])
    return true
  } catch {
    return false
  }
}

/** Strips without Node's warning that stripping is experimental: who runs the server can do nothing about it. */
function withoutTypes(source: string, url: string): string {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source, { sourceUrl: url })
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning)
  }
}
