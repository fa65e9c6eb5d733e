import { randomFrom } from '../src/providers/simulated/random.ts'

export interface Question {
  readonly text: string
  readonly answer: number
}

/** Distinct multiplications of two numbers below 1000; the same questions for the same seed. */
export function questionsFrom(seed: number, count: number): readonly Question[] {
  const random = randomFrom(seed)
  const number = (): number => 11 + Math.floor(random() * 989)
  const questions = new Map<string, Question>()
  while (questions.size < count) {
    const [left, right] = [number(), number()]
    const text = `What is ${left} * ${right}?`
    questions.set(text, { text, answer: left * right })
  }
  return [...questions.values()]
}
