import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Test } from 'tap'
import { compose } from '../../src/cli/compose.ts'
import { knownKinds } from '../../src/cli/known-kinds.ts'
import { placeOfLedger } from '../../src/cli/ledger/place.ts'
import { createLoggerTo } from '../../src/cli/output/log/log.ts'
import { loadConfig } from '../../src/config/load/load.ts'
import { CurrentLedger } from '../../src/ledger/current-ledger.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { startServer } from '../../src/server/listen.ts'
import type { Serving } from './spawn.ts'

/**
 * Starts a server with its ledger as `serve` does, but in this process: for tests of commands that ask a server, which need no
 * start of Node. It has no signals, workers or reloads, and closes with the test.
 */
export async function serveHere(
  t: Test,
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Pick<Serving, 'url' | 'log' | 'logged'>> {
  let log = ''
  const lines = new PassThrough({ encoding: 'utf8' }).on('data', (piece: string) => (log += piece))
  const loaded = loadConfig({
    cwd,
    home: cwd,
    env,
    flags: { port: '0' },
    kinds: knownKinds(builtInKinds),
  })
  const composition = compose({ loaded, log: createLoggerTo(lines, loaded.config.monitoring.log_level) })
  const { currentConfig } = composition
  const ledger = new CurrentLedger(config => placeOfLedger(config, loaded.file), composition.log)
  await ledger.follow(currentConfig)
  const server = await startServer({ ...composition, ledger })
  t.teardown(() => server.app.close())
  const logged = async (words: string): Promise<void> => {
    while (!log.includes(words)) await once(lines, 'data')
  }
  return { url: server.url, log: () => log.split('\n'), logged }
}
