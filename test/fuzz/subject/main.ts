// The process under test: the whole server over the given providers. Like a real server, it dies of an
// uncaught error, on which its parent relies.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { compose } from '../../../src/cli/compose.ts'
import { knownKinds } from '../../../src/cli/known-kinds.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { loadConfig } from '../../../src/config/load/load.ts'
import { builtInKinds } from '../../../src/providers/kinds.ts'
import { startServer } from '../../../src/server/listen.ts'
import { openSharedStore } from '../../../src/store/open.ts'
import { Gauge } from './gauge.ts'
import { LateCalls } from './late-calls.ts'
import { pollution } from './prototypes.ts'
import type { Command, Told } from './protocol.ts'
import { watchMainThread } from './watchdog.ts'

const [, , folder = '.'] = process.argv
process.once('disconnect', () => process.exit())
watchMainThread()

let faults: string[] = []
const log = pino({ level: 'warn' }, { write: (line: string) => void faults.push(line) })
const load = (config: string) => {
  writeFileSync(join(folder, 'hulumanage.yaml'), config)
  return loadConfig({ cwd: folder, home: folder, env: {}, kinds: knownKinds(builtInKinds) })
}

const first = load(await nextConfig())
const composition = compose({ loaded: first, log, openStore: openSharedStore })
const server = await startServer(composition)
tell({ port: Number(new URL(server.url).port) })

const late = new LateCalls(server.app.server)
const gauge = new Gauge(() => server.app.inFlight.size)
process.on('message', (command: Command) => {
  if (command.config !== undefined) {
    const { config } = server.prepared.check(load(command.config))
    composition.currentConfig.replace(config)
  }
  if (command.tried !== undefined) tryConfig(command.tried)
  tell({ faults, polluted: pollution(), held: gauge.read(command.collects), late: late.found })
  faults = []
})

/** A configuration is accepted, or refused with a coded error. */
function tryConfig(text: string): void {
  try {
    server.prepared.check(load(text))
  } catch (err) {
    if (!(err instanceof HulumanageError)) log.error({ err }, 'a configuration failed')
  }
}

async function nextConfig(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<Command>()
  process.once('message', resolve)
  tell({ ready: true })
  return (await promise).config ?? '{}'
}

function tell(told: Told): void {
  process.send?.(told)
}
