import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { ledgerPath } from '../../src/ledger/place.ts'

const config = configSchema.parse({})
const linux = { env: {}, home: '/people/ann', platform: 'linux', configFile: undefined } as const

t.test('the ledger is in the folder that the platform has for state', async t => {
  const place = (surroundings: object) =>
    ledgerPath(config, { ...linux, ...surroundings }).replaceAll('\\', '/')
  t.equal(place({}), '/people/ann/.local/state/hulumanage/ledger.db')
  t.equal(place({ env: { XDG_STATE_HOME: '/state' } }), '/state/hulumanage/ledger.db')
  t.equal(place({ env: { STATE_DIRECTORY: '/var/lib/h:/var/lib/x' } }), '/var/lib/h/ledger.db')
  t.equal(place({ platform: 'darwin' }), '/people/ann/Library/Application Support/hulumanage/ledger.db')
  t.equal(place({ platform: 'win32', env: { LOCALAPPDATA: 'C:/Local' } }), 'C:/Local/hulumanage/ledger.db')
})

t.test('servers with different configuration files have different ledgers', async t => {
  const of = (configFile: string) => ledgerPath(config, { ...linux, configFile })
  t.match(of('/a.yaml'), /\/ledger-[0-9a-f]{8}\.db$/)
  t.equal(of('/a.yaml'), of('/a.yaml'))
  t.not(of('/a.yaml'), of('/b.yaml'))
})

t.test('a path in the configuration is used as it is', async t => {
  const named = configSchema.parse({ ledger: { path: '/data/l.db' } })
  t.equal(ledgerPath(named, { ...linux, configFile: '/a.yaml' }), '/data/l.db')
})
