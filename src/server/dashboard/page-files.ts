import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorTable } from '../../contract/error-table.ts'

/** A file as it is sent. */
export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly etag: string
}

/** The files of the page by their path below `/dashboard/`, and the headers of its document. */
export interface PageFiles {
  readonly document: PageFile
  readonly parts: ReadonlyMap<string, PageFile>
  /** The content security policy: nothing but our own files, and the import map in the document. */
  readonly policy: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The packages that the page imports, by the path under which its import map finds them. */
const packages = { 'vendor/preact.js': 'preact', 'vendor/htm.js': 'htm' } as const

let loaded: PageFiles | undefined

/** Reads the files of the page, once. */
export function pageFiles(): PageFiles {
  loaded ??= readPageFiles(fileURLToPath(new URL('page/', import.meta.url)))
  return loaded
}

function readPageFiles(folder: string): PageFiles {
  const parts = new Map<string, PageFile>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (extname(path) in types) parts.set(path.replaceAll('\\', '/'), readPageFile(join(folder, path)))
  }
  for (const [path, name] of Object.entries(packages))
    parts.set(path, readPageFile(fileURLToPath(import.meta.resolve(name)), '.js'))
  parts.set('errors.json', errorsFile())
  const document = parts.get('index.html')!
  parts.delete('index.html')
  return { document, parts, policy: policyOf(document.bytes.toString('utf8')) }
}

function readPageFile(path: string, extension = extname(path)): PageFile {
  return pageFile(types[extension]!, readFileSync(path))
}

/** The cause of each error and what to do, by its code. Those that are the client's fault are left out. */
function errorsFile(): PageFile {
  const words = Object.entries(errorTable)
    .filter(([, { status }]) => status >= 500 || status === 429)
    .map(([code, { when, fix }]) => [code, { when, fix }])
  return pageFile('application/json', Buffer.from(JSON.stringify(Object.fromEntries(words))))
}

function pageFile(type: string, bytes: Buffer): PageFile {
  return { type, bytes, etag: `"${hash('sha256', bytes, 'base64url').slice(0, 22)}"` }
}

function policyOf(document: string): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(document)?.[1] ?? ''
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash('sha256', importMap, 'base64')}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
