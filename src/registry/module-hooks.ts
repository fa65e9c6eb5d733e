import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import type { LoadFnOutput, LoadHookSync, ResolveHookSync } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'

/** The file of a syntax error, if there is one: V8 compiles a module right after reading it. */
let lastRead: string | undefined

/** The packages that plugins import without installing them: the host's own copies. */
const shared = new Map(
  ['hulumanage/plugin', 'zod', 'fastify-plugin'].map(name => [name, import.meta.resolve(name)]),
)

/** The URLs of plugin folders and files. Module hooks belong to the process, so this list does too. */
const roots: { readonly url: string; readonly builtIn: boolean }[] = []

/**
 * Lets the files below `path` (a real path) load wherever they are: no package.json decides their format, and no
 * node_modules has to hold the packages in `shared`. For files of the package, Node itself strips types, with its
 * cache.
 */
export function adoptPath(path: string, builtIn = false): void {
  const url = pathToFileURL(path).href
  if (rootOf(url)) return
  roots.push({ url, builtIn })
  if (!builtIn || !url.startsWith(packageRoot) || holdsPlainCode(path)) registerOnce()
}

/** Whether there is any JavaScript: files that somebody added to the sources, or a built package. */
function holdsPlainCode(path: string): boolean {
  const names = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
    : [path]
  return names.some(name => /\.[cm]?js$/.test(name))
}

/** Registers the hooks once a file needs them, which no file of a checkout does: Node calls hooks for every file. */
function registerOnce(): void {
  if (registered) return
  registered = true
  registerHooks({ resolve, load })
}

let registered = false
const packageRoot = new URL('../../', import.meta.url).href

/** The format of an adopted file: by its extension or, if that allows both, by its syntax. */
export function formatOf(file: string): 'module' | 'commonjs' {
  const url = pathToFileURL(file).href
  return isAdopted(url) ? read(url).format : 'module'
}

/** Throws the syntax error of the file read last, with its line, which V8 omits for modules; does nothing without one. */
export function explainSyntax(): void {
  if (lastRead !== undefined) stripTypes(readFileSync(fileURLToPath(lastRead), 'utf8'), lastRead)
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  const { parentURL } = context
  if (parentURL === undefined || !rootOf(parentURL)) return nextResolve(specifier, context)
  const url = shared.get(specifier) ?? resolveRelative(specifier, parentURL)
  return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
}

const load: LoadHookSync = (url, context, nextLoad) => (isAdopted(url) ? read(url) : nextLoad(url, context))

/**
 * The URL of a relative import of code. If Node resolved it, the nearest package.json would decide its format after
 * all.
 */
function resolveRelative(specifier: string, parentUrl: string): string | undefined {
  if (!/^\.{1,2}\/.*\.[cm]?[jt]s$/.test(specifier)) return undefined
  try {
    return pathToFileURL(realpathSync(fileURLToPath(new URL(specifier, parentUrl)))).href
  } catch {
    // Node's own resolver has the better error message.
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

function isAdopted(url: string): boolean {
  const root = rootOf(url)
  return root !== undefined && (root.builtIn ? /\.[cm]?js$/ : /\.[cm]?[jt]s$/).test(url)
}

function read(url: string): LoadFnOutput & { readonly format: 'module' | 'commonjs' } {
  lastRead = url
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const source = url.endsWith('ts') ? stripTypes(text, url) : text
  return { format: formatBy(url, source), source, shortCircuit: true }
}

function formatBy(url: string, source: string): 'module' | 'commonjs' {
  if (/\.m[jt]s$/.test(url)) return 'module'
  return /\.c[jt]s$/.test(url) || isCommonJs(source) ? 'commonjs' : 'module'
}

/** Whether the source compiles as the body of a function, as CommonJS does; with `import` or `export` it does not. */
function isCommonJs(source: string): boolean {
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'])
    return true
  } catch {
    return false
  }
}

/** Strips types without Node's warning that this is experimental, which an operator can do nothing about. */
function stripTypes(source: string, url: string): string {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source, { sourceUrl: url })
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning)
  }
}
