import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readOptions } from '../../../../bench/throughput/options.ts'
import { selectPeers } from '../../../../bench/throughput/servers/peers.ts'
import type { Peer } from '../../../../bench/throughput/servers/peer.ts'

const others = ['nginx', 'haproxy', 'portkey']

/** Without those of other people, which are not installed everywhere. */
function selected(...words: readonly string[]): Peer[] {
  return selectPeers(readOptions(words), () => {}).filter(({ name }) => !others.includes(name))
}

t.test('the bare relay is always measured, because all others are compared with it', async t => {
  t.same(
    selected('--peers', 'hulumanage').map(({ name }) => name),
    ['bare relay', 'hulumanage'],
  )
})

t.test('another checkout is a server of its own, with the same configuration', async t => {
  const folder = join(t.testdir(), 'old')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin/hulumanage.js'), '')
  t.same(
    selected('--also', folder, '--also', `before=${folder}`).map(({ name }) => name),
    ['bare relay', 'hulumanage', 'without ledger', 'old', 'before'],
  )
  const place = { port: 1, upstreamPort: 2, folder: 'f' }
  const [, ours, , old] = selected('--also', folder)
  const differing = ours?.command(place).filter((word, index) => word !== old?.command(place)[index])
  t.equal(differing?.length, 1, 'only the launcher differs')
  t.match(differing, [/bin\/hulumanage\.js$/])
  t.throws(() => selected('--also', `hulumanage=${folder}`), { message: /'hulumanage'/ })
})

t.test('an unknown server is refused by name', async t => {
  t.throws(() => selected('--peers', 'apache'), { message: /'apache'/ })
  t.throws(() => selected('--also', t.testdir()), { message: /is not a checkout/ })
})
