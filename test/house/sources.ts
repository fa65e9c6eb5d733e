import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Lists the files below the folders, as paths from the root with `/` on every system. */
export function filesIn(folders: readonly string[], pattern: RegExp): string[] {
  return folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && pattern.test(entry.name))
      .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .filter(path => !path.includes('node_modules/') && !path.startsWith('test/fixtures/'))
      .toSorted(),
  )
}

/** Reads the text of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

const importing =
  /^\s*(?:import|export)\b[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm

/** Lists the imports of a file: our own files as paths from the root, packages by their specifier. */
export function importsOf(path: string): string[] {
  return [...read(path).matchAll(importing)].map(([, from, bare, dynamic]) => {
    const specifier = (from ?? bare ?? dynamic)!
    if (!specifier.startsWith('.')) return specifier
    return normalize(join(dirname(path), specifier)).replaceAll('\\', '/')
  })
}

/** Lists the packages that the sources may import: dependencies, and optional ones except Node itself. */
export function runtimeDependencies(): string[] {
  const manifest: Record<'dependencies' | 'optionalDependencies', Record<string, string>> = JSON.parse(
    read('package.json'),
  )
  const optional = Object.keys(manifest.optionalDependencies).filter(name => !name.startsWith('node-'))
  return [...Object.keys(manifest.dependencies), ...optional]
}
