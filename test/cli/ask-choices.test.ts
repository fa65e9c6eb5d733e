import t from 'tap'
import { runHere } from './in-process.ts'

const quick =
  'providers: [{name: sim, type: simulated, simulate: {latency_ms: 0, token_ms: 0}}]\nledger: false\n'

t.test('ask prints every choice of an answer, in order', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': quick,
    plugins: {
      'one.js': "export default { name: 'one', summary: 'One', run: async () => 'first' }",
      'two.js': "export default { name: 'two', summary: 'Two', run: async () => 'second\\n' }",
    },
  })
  const { code, stdout } = await runHere(t, ['ask', 'hi', '--model', 'm', '--approach', 'one|two'], { cwd })
  t.same([code, stdout], [0, 'first\n\nsecond\n'])
})
