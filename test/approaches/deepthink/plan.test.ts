import t from 'tap'
import * as fc from 'fast-check'
import { readChosen, readPlan } from '../../../approaches/deepthink/plan.ts'
import { ways } from '../../../approaches/deepthink/ways.ts'

t.test('reads the chosen ways of thinking in any form', async t => {
  const forms: readonly ((places: readonly number[]) => string)[] = [
    places => JSON.stringify(places),
    places => JSON.stringify(places.map(String)),
    places => `\`\`\`json\n${JSON.stringify(places, null, 2)}\n\`\`\``,
    places => `These help most: ${JSON.stringify(places)}, I think.`,
    places => `[${places.join(', ')},]`,
    places => JSON.stringify({ selected: places }),
    places => JSON.stringify(places.map(place => ways[place - 1]![0])),
    places => JSON.stringify(places.map(place => `${place}. ${ways[place - 1]![0]}`)),
    places => places.map(place => `${place}. ${ways[place - 1]!.join(': ')}`).join('\n'),
    places => places.map(place => `- **${ways[place - 1]![0]}**`).join('\n'),
    places => `I take ${places.join(', ')}.`,
  ]
  const places = fc.uniqueArray(fc.integer({ min: 1, max: ways.length }), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(fc.constantFrom(...forms), places, (write, chosen) => {
      const read = readChosen(write(chosen)).map(place => place + 1)
      t.same(read.toSorted(ascending), chosen.toSorted(ascending), write(chosen))
    }),
    { numRuns: 300 },
  )
  for (const text of ['', 'All of them.', '[]', '[0, 99]', '{']) t.same(readChosen(text), [], text)
})

t.test('reads a plan in any form', async t => {
  for (const text of [
    '["Add", "Check"]',
    '```json\n["Add", "Check",]\n```',
    'Here it is: ["Add", "Check"] - good luck!',
    '{"steps": ["Add", "Check"]}',
    '[["Add"], ["Check"]]',
    '{"Step 1": "Add", "Step 2": "Check"}',
    '["1. Add", "Step 2: Check"]',
    '{"Add": "", "Check": null}',
  ]) {
    t.equal(readPlan(text), '1. Add\n2. Check', text)
  }
  t.equal(readPlan('{"Add": {"first": "3", "then": "4"}}'), '1. first: 3\n2. then: 4')
  t.equal(readPlan(' First add, then check.\n'), 'First add, then check.')
  t.equal(readPlan('[]'), '')
})

t.test('handles any reply', async () => {
  const scraps = fc.string({
    unit: fc.constantFrom('[', ']', '{', '}', '"', ',', ':', '1', 'a', ' ', '```', '\n'),
  })
  fc.assert(
    fc.property(scraps, text => {
      readPlan(text)
      return readChosen(text).every(place => place >= 0 && place < ways.length)
    }),
  )
})

function ascending(left: number, right: number): number {
  return left - right
}

t.test('reads a choice in JSON wherever it is, and one in prose at its end', async t => {
  const endless = ' and so on'.repeat(2100)
  t.same(readChosen(`\`\`\`json\n[3, 7, 9]\n\`\`\`${endless}`), [2, 6, 8])
  t.same(readChosen(JSON.stringify({ chosen: [3, 7, 9], reason: endless })), [2, 6, 8])
  t.same(readChosen(`${endless} I take 3.`), [2])
  t.same(readChosen(`I take 3${endless}.`), [], 'more than 20,000 characters from the end')
  const behind = (count: number) => JSON.stringify([...Array(count).fill(0), 3, ...Array(10_000).fill(0)])
  t.same(readChosen(behind(999)), [2])
  t.same(readChosen(behind(1000)), [], 'behind 1,000 other entries')
})
