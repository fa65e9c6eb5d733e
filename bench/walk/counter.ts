import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'

/** The code that one stretch of work has run, as V8 counted it. */
export interface Walked {
  readonly files: readonly string[]
  readonly functions: number
  readonly calls: number
}

/**
 * Loaded into the server by `--import`: counts the functions that run between two messages of the parent process, which
 * sends the folder of the checkout and gets back what ran below it since the message before.
 */
if (process.send) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  process.on('message', (folder: string) => {
    walked(session, folder).then(
      result => process.send?.(result),
      (error: unknown) => process.emit('uncaughtException', error as Error),
    )
  })
}

/** The functions below `folder` that ran since the last call. */
async function walked(session: Session, folder: string): Promise<Walked> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const files: string[] = []
  let functions = 0
  let calls = 0
  for (const { url, functions: found } of result) {
    if (!url.startsWith('file:')) continue
    const path = fileURLToPath(url)
    const name = path.slice(folder.length).replaceAll('\\', '/')
    if (!path.startsWith(folder) || !/^(src|plugins|approaches)\//.test(name)) continue
    // A function without a name at offset 0 is the module itself.
    const counts = found
      .filter(({ functionName, ranges }) => functionName !== '' || ranges[0]?.startOffset !== 0)
      .map(({ ranges }) => ranges[0]?.count ?? 0)
      .filter(count => count > 0)
    if (counts.length === 0) continue
    files.push(name)
    functions += counts.length
    calls += counts.reduce((sum, count) => sum + count, 0)
  }
  return { files, functions, calls }
}
