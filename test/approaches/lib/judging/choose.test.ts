import t from 'tap'
import * as fc from 'fast-check'
import { choose } from '../../../../approaches/lib/judging/choose.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import { HulumanageError } from '../../../../src/contract/index.ts'
import { contextOf, image, promptOf, requestOf } from '../../model.ts'
import type { FakeContext, Scripted } from '../../model.ts'

/** The answers shown to a judge, in order. */
function shownTo(judge: { readonly request: Parameters<typeof promptOf>[0] }): string[] {
  return [...promptOf(judge.request).matchAll(/<answer number=\\"\d+\\">\\n(.*?)\\n<\/answer>/g)].map(
    match => match[1]!,
  )
}

/** Chooses among texts with a judge that gets them in order, and the number of the vote. */
async function chosen(
  texts: readonly string[],
  votes: number,
  judge: (shown: readonly string[], vote: number) => Scripted,
  request = requestOf('q'),
): Promise<{ readonly text: string; readonly judges: FakeContext }> {
  const candidates = await sample(
    contextOf(() => texts),
    request,
    texts.length,
  )
  const judges = contextOf((asked, vote) => judge(shownTo(asked), vote))
  const { text } = await choose(judges, request, candidates, votes)
  return { text, judges }
}

const best = (shown: readonly string[], text: string): string => `Best: ${shown.indexOf(text) + 1}`

t.test('the choice is found at any position', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 2, maxLength: 12 }),
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.integer(), { nil: undefined }),
      async (texts, at, votes, seed) => {
        const wanted = texts[at % texts.length]!
        const request = requestOf('q', seed === undefined ? {} : { seed })
        const { text, judges } = await chosen(texts, votes, shown => best(shown, wanted), request)
        t.equal(text, wanted)
        t.equal(judges.asked.length, votes)
        for (const asked of judges.asked) t.same(shownTo(asked).toSorted(), texts.toSorted())
      },
    ),
    { numRuns: 50 },
  )
})

t.test(
  'every answer takes every position about equally often, and the same request has the same orders',
  async t => {
    const texts = ['a', 'b', 'c', 'd']
    const firsts = async (votes: number, question: string): Promise<string[]> => {
      const { judges } = await chosen(texts, votes, () => '', requestOf(question))
      return judges.asked.map(asked => shownTo(asked)[0]!)
    }
    for (const question of ['q', 'r', 's']) {
      t.equal(new Set(await firsts(4, question)).size, 4)
      t.equal(new Set(await firsts(3, question)).size, 3)
      t.same(await firsts(3, question), await firsts(3, question))
    }
    const starts = await Promise.all(Array.from({ length: 40 }, (_empty, index) => firsts(1, `q${index}`)))
    t.equal(new Set(starts.flat()).size, 4, 'no place is an answer’s own')
  },
)

t.test('most votes win and ties go to the earliest; unreadable votes do not count', async t => {
  const texts = ['a', 'b', 'c']
  const script = (...said: (string | Error)[]) => {
    return (shown: readonly string[], vote: number) => {
      const word = said[vote]!
      return typeof word === 'string' && word.length === 1 ? best(shown, word) : word
    }
  }
  const down = new HulumanageError('upstream_error', 'down')
  t.equal((await chosen(texts, 3, script('c', 'b', 'c'))).text, 'c')
  t.equal((await chosen(texts, 3, script('c', 'b', 'a'))).text, 'a')
  t.equal((await chosen(texts, 3, script('hm', down, 'c'))).text, 'c')
  t.equal((await chosen(texts, 2, script('none of them', ''))).text, 'a')
  t.equal((await chosen(texts, 2, script(down, down))).text, 'a')
  t.equal((await chosen(['a'], 2, script('b', 'b'))).judges.asked.length, 0, 'one needs no choice')
})

t.test('judges see the conversation but no thinking', async t => {
  const system = { role: 'system', content: 's' }
  const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
  const messages = [system, user]
  const { judges } = await chosen(['<think>hm</think>a', 'b'], 1, () => '1', { model: 'm', messages })
  const [{ request, kind } = { request: { messages: [] }, kind: '' }] = judges.asked
  t.equal(kind, 'helper')
  t.same(request.messages[0], system)
  t.match(request.messages[1], {
    name: 'ann',
    content: [...user.content, { type: 'text', text: /Best: <number>/ }],
  })
  t.notMatch(promptOf(judges.asked[0]!.request), /hm/)
})
