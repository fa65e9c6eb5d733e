import { join } from 'node:path'
import t from 'tap'
import { sameLanguage } from '../../approaches/lib/asking/language.ts'
import { textOf } from '../../src/chat/completion.ts'
import { isWrapper } from '../../src/contract/index.ts'
import type { Approach } from '../../src/contract/index.ts'
import { load, newHost } from '../registry/host.ts'
import { contextOf, requestOf } from './model.ts'

/** Every approach, whatever its method: a new one is tested as soon as its file exists. */
const app = newHost(t)
await load(app, [join(import.meta.dirname, '../../approaches')], { strict: true })
const approaches = app.steps.values().filter((step): step is Approach => !isWrapper(step))

const question = 'Q: 2 + 3?\nA: 5\n\nQ: 1 + 1?\nA: 2\n\nQ: Was ist 4 + 4?\nA:'
/** A judgement of any kind, or a task in other words. */
const judgement = '1. It is so.\n2. It is not.\n\nVerdict: INCORRECT\nScore: 5\nBest: 1'

for (const step of approaches)
  t.test(
    `${step.name} sends no parameter of its own but n, and asks for answers in the language of the question`,
    async t => {
      let count = 0
      const ctx = contextOf(({ request, kind }) =>
        kind === 'helper'
          ? judgement
          : Array.from({ length: request.n ?? 1 }, () => `The answer is ${count++}.`),
      )
      await step.run(requestOf(question), ctx, step.params?.parse({}) ?? {})
      const allowed = [
        'model',
        'messages',
        'n',
        'stream',
        ...(step.name === 'effort' ? ['reasoning_effort'] : []),
      ]
      for (const { request } of ctx.asked)
        t.same(
          Object.keys(request).filter(field => !allowed.includes(field)),
          [],
        )

      const prompts = ctx.asked
        .filter(({ kind }) => kind !== 'helper')
        .map(({ request }) => textOf(request.messages.at(-1)))
      t.ok(prompts.length > 0)
      const hasInstruction = (prompt: string) =>
        [question, judgement].every(words => prompt !== words) && step.name !== 're2'
      for (const prompt of prompts.filter(hasInstruction)) t.match(prompt, sameLanguage)
    },
  )
