import t from 'tap'
import bon from '../../approaches/bon.ts'
import genselect from '../../approaches/genselect.ts'
import mars from '../../approaches/mars/index.ts'
import mcts from '../../approaches/mcts.ts'
import moa from '../../approaches/moa.ts'
import type { Approach } from '../../src/contract/index.ts'
import { contextOf, requestOf, textIn } from './model.ts'

const refusals = [
  "I'm sorry, but I can't help with that.",
  'Es tut mir leid, aber dabei kann ich nicht helfen.',
  '申し訳ありませんが、そのご要望にはお応えできません。',
  'I cannot assist with this request.',
]

const steps: readonly Approach[] = [bon, genselect, mars, mcts, moa]

for (const step of steps)
  t.test(
    `${step.name} judges no refusals if the model writes nothing else, whatever their words`,
    async t => {
      let drawn = 0
      const ctx = contextOf(({ request }) =>
        Array.from({ length: request.n ?? 1 }, () => refusals[drawn++ % refusals.length]!),
      )
      t.equal(await textIn(await step.run(requestOf('q'), ctx, step.params!.parse({}))), refusals[0])
      t.same(
        ctx.asked.filter(({ kind }) => kind === 'helper'),
        [],
      )
      t.ok(drawn <= refusals.length, `${drawn} answers`)
    },
  )
