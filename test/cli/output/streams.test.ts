import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { launch, bin } from '../spawn.ts'

// A device that is always full.
const full = { skip: !existsSync('/dev/full') }

t.test('a full disk behind standard output is an error of one line', full, async t => {
  const device = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(device))
  const child = spawn(process.execPath, [bin, '--version'], {
    cwd: t.testdir({}),
    env: { HOME: t.testdirName },
    stdio: ['ignore', device, 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  t.match(stderr, /^hulumanage: cannot write to standard output: .*ENOSPC.*\n$/)
  t.equal(code, 1)
})

t.test('an error keeps its exit code although nobody reads it', async t => {
  const child = launch(t, ['check', 'missing.yaml'])
  child.stderr!.destroy()
  const [code] = (await once(child, 'close')) as [number]
  t.equal(code, 78)
})
