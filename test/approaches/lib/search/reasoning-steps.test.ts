import fc from 'fast-check'
import t from 'tap'
import {
  actionsAfter,
  stepMessages,
  countLines,
  extendLine,
} from '../../../../approaches/lib/search/reasoning-steps.ts'
import type { Step } from '../../../../approaches/lib/search/reasoning-steps.ts'
import { promptOf, requestOf } from '../../model.ts'

const { messages } = requestOf('q')

t.test('only a sub-question is answered again, only the question itself is rephrased', async t => {
  t.same(actionsAfter([], 1), ['thought', 'subquestion', 'rephrase'])
  t.same(actionsAfter([{ action: 'subquestion', text: '' }], 1), ['subquestion', 'again', 'thought'])
  for (const action of ['thought', 'again', 'rephrase'] as const) {
    t.same(actionsAfter([{ action, text: '' }], 1).toSorted(), ['subquestion', 'thought'])
  }
  t.same(actionsAfter([], 0), [])
})

t.test('counts the lines that can be followed', async t => {
  t.same(
    [0, 1, 2].map(room => countLines(room)),
    [1, 4, 13],
  )
})

t.test('no line exceeds its room', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.integer({ min: 0, max: 5 }), (choices, room) => {
      let steps: readonly Step[] = []
      for (const choice of choices) {
        const actions = actionsAfter(steps, room - steps.length)
        if (actions.length === 0) break
        steps = extendLine(steps, actions[choice % actions.length]!, 'text')
      }
      return steps.length <= room
    }),
  )
})

t.test('a second answer to a sub-question replaces the first, which is not shown', async t => {
  const first: Step = { action: 'subquestion', text: '<question>How many?</question> Four.' }
  const steps = [{ action: 'thought', text: 'There are legs.' } as const, first]
  const prompt = promptOf({ model: 'm', messages: stepMessages(messages, steps, 'again') })
  t.match(prompt, /There are legs\..*How many\?/)
  t.notMatch(prompt, /Four/)
  t.same(
    extendLine(steps, 'again', 'Six.').map(({ text }) => text),
    ['There are legs.', '<question>\nHow many?\n</question>\n\nSix.'],
  )
})

t.test('a sub-question without tags is repeated as a whole', async t => {
  const steps = [{ action: 'subquestion', text: 'How many? Four.' } as const]
  t.match(promptOf({ model: 'm', messages: stepMessages(messages, steps, 'again') }), /How many\? Four\./)
})
