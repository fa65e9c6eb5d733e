type PickOne = <T>(list: readonly [T, ...T[]]) => T

const answers: readonly [string, ...string[]] = [
  'The answer is **{}**.',
  'The final answer is: $\\boxed{{}}$. I hope it is correct.',
  '**Answer:** {}',
  'Answer: {}\n\nLet me know if you need anything else!',
  '$$\\boxed{{}}$$',
  'Therefore the answer is: {}',
]

const steps: readonly [string, ...string[]] = [
  'Sure! I work it out step by step.',
  '## Step 1\nI look at both numbers.\n\n## Step 2\nI put the parts together, one after the other, and check them twice to be safe.',
  'Okay.',
]

/** The answer of a small model, which keeps to no form. */
export function strayAnswer(expression: string, value: number, pickOne: PickOne): string {
  const conclusion = pickOne(answers).replace('{}', String(value))
  return `What is ${expression}? ${pickOne(steps)}\n\n${conclusion}`
}

const judgements: readonly [string, ...string[]] = [
  '{}',
  '**{}**',
  '{}.',
  'Sure! Here is my judgement.\n\n{}',
  '{}\n\nI hope this helps!',
  '```\n{}\n```',
]

/** The judgement of a small model, wrapped in courtesies and marks. */
export function strayJudgement(judgement: string, pickOne: PickOne): string {
  return pickOne(judgements).replace('{}', () => judgement)
}
