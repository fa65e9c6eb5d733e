import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose } from '../../../src/cli/compose.ts'
import { knownKinds } from '../../../src/cli/known-kinds.ts'
import { loadConfig } from '../../../src/config/load/load.ts'
import { builtInKinds } from '../../../src/providers/kinds.ts'
import { startServer } from '../../../src/server/listen.ts'
import { messages } from '../../fake-messages.ts'
import { answer, FakeProvider } from '../../fake-provider.ts'
import { responses } from '../../fake-responses.ts'
import { silentLog } from '../../silent-log.ts'

/** A provider for each API, and the fields of its entry. */
const providers = {
  chats: [answer(), {}],
  Messages: [messages(), { type: 'anthropic', api_key: 'key' }],
  Responses: [responses(), { api: 'responses' }],
} as const

/** Starts the server over one provider for each API, whose model has the name of the API. */
export async function startOverAll(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'hulumanage-long-'))
  const fakes: FakeProvider[] = []
  const entries: object[] = []
  for (const [name, [script, entry]] of Object.entries(providers)) {
    const fake = new FakeProvider(script)
    await fake.start()
    fakes.push(fake)
    entries.push({ name, base_url: fake.url, models: [name], ...entry })
  }
  const config = {
    host: '127.0.0.1',
    port: 0,
    providers: entries,
    routing: { health_check: { enabled: false } },
  }
  writeFileSync(join(folder, 'hulumanage.yaml'), JSON.stringify(config))
  const loaded = loadConfig({ cwd: folder, home: folder, env: {}, kinds: knownKinds(builtInKinds) })
  const server = await startServer(compose({ loaded, log: silentLog }))
  const stop = async (): Promise<void> => {
    await server.stop()
    await Promise.all(fakes.map(fake => fake.close()))
    rmSync(folder, { recursive: true })
  }
  return { url: server.url, stop }
}
