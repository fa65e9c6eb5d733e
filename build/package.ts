// `npm run build [-- FOLDER]`: builds the published package, in dist/ by default: JavaScript with types, the launcher,
// and a package.json without the parts that only a checkout needs. It does not check types, as `npm run types` does: that is
// half of the work, and changes nothing in the files.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly [key: string]: unknown
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const folder = resolve(process.argv[2] ?? join(root, 'dist'))
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
)
const project = join(root, 'tsconfig.build.json')

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
execFileSync(process.execPath, [compiler, '--project', project, '--noCheck', '--outDir', folder], {
  stdio: 'inherit',
})
for (const part of ['bin', 'src/server/dashboard/page', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
  cpSync(join(root, part), join(folder, part), { recursive: true })
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest), undefined, 2)}\n`)

function publishedManifest(checkout: Manifest): Manifest {
  const dropped = new Set(['private', 'scripts', 'devDependencies', 'optionalDependencies'])
  const kept = Object.entries(checkout).filter(([key]) => !dropped.has(key))
  // The pinned Node is for checkouts; users of the package have their own.
  const optional = Object.entries(checkout.optionalDependencies ?? {}).filter(
    ([name]) => !name.startsWith('node-'),
  )
  return {
    ...Object.fromEntries(kept),
    exports: {
      './plugin': { types: './src/plugin.d.ts', default: './src/plugin.js' },
      './package.json': './package.json',
    },
    ...(optional.length > 0 && { optionalDependencies: Object.fromEntries(optional) }),
  }
}
