import t from 'tap'
import { runChaos } from './run.ts'

t.test(
  'whatever most providers do, each request gets its whole answer, and nothing is left behind',
  async t => {
    const { endings, wrong } = await runChaos({
      seed: 5,
      requests: 240,
      width: 48,
      leaves: 0.15,
      patienceMs: 4_000,
    })
    t.strictSame(wrong, [])
    t.equal(endings.whole + endings.left, 240)
    t.ok(endings.left > 10, `${endings.left} clients left`)
  },
)
