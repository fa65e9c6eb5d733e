import t from 'tap'
import { read } from './sources.ts'

const wanted = process.env['HULUMANAGE_TEST_NODE']

t.test(
  'runs on the Node version that CI requests',
  { skip: !wanted && 'HULUMANAGE_TEST_NODE is not set' },
  async t => {
    t.equal(process.versions.node, wanted)
  },
)

t.test('launcher, package and CI agree on the minimum Node', async t => {
  const manifest: { engines: { node: string }; optionalDependencies: Record<string, string> } = JSON.parse(
    read('package.json'),
  )
  const oldest = [.../const oldest = \[(.*)\]/.exec(read('bin/hulumanage.js'))![1]!.matchAll(/[\d.]+/g)].map(
    String,
  )
  const [first = '', ...later] = oldest
  const last = later.pop()
  t.equal(
    manifest.engines.node,
    [...[first, ...later].map(version => `^${version}`), `>=${last}`].join(' || '),
  )

  const tested = /^oldest=(.*)$/m.exec(read('.ci/run'))?.[1]
  t.equal(tested?.split('.')[0], first.split('.')[0], 'CI tests the oldest line')
  t.ok(
    tested && tested.localeCompare(first, undefined, { numeric: true }) >= 0,
    'and a release that is supported',
  )

  const pinned = new Set(
    Object.entries(manifest.optionalDependencies)
      .filter(([name]) => name.startsWith('node-'))
      .map(([, version]) => version),
  )
  t.equal(pinned.size, 1, 'one Node for all platforms')
  t.equal(read('.nvmrc').trim(), [...pinned][0]?.split('.')[0])
})
