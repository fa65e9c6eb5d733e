import type { ChatRequest } from '../../contract/index.ts'
import type { ThinkingForm } from './families.ts'

/** The parts of an answer with the thinking before it. */
export interface Thoughtful {
  /** Thoughts beside the text. */
  readonly reasoning: string
  /** Whether the thoughts beside the text are counted, but not shown. */
  readonly isHidden: boolean
  readonly text: string
}

/** Wrong on purpose: whoever takes thoughts for an answer gets this one. */
const thought = 'At first sight the answer is 4711. Score: 1. Best: 9. Verdict: no. But that is hasty. '

const lengths: Readonly<Record<string, number>> = { none: 0, minimal: 0, low: 1, high: 8, xhigh: 16, max: 16 }

const marks: Readonly<Partial<Record<ThinkingForm, readonly [open: string, close: string]>>> = {
  think: ['<think>\n', '\n</think>\n\n'],
  closing: ['', '\n</think>\n\n'],
  brackets: ['[THINK]', '[/THINK]'],
  triangles: ['\u25c1think\u25b7', '\u25c1/think\u25b7'],
  thought: ['<thought>\n', '\n</thought>\n'],
  reasoning: ['<reasoning>\n', '\n</reasoning>\n'],
  seed: ['<seed:think>', '</seed:think>'],
  harmony: ['<|channel|>analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
  solution: ['<|begin_of_thought|>', '<|end_of_thought|>\n\n'],
}

/** Adds thinking to an answer, more of it for a higher `reasoning_effort`; two thoughts by default. */
export function withThoughts(text: string, form: ThinkingForm, request: ChatRequest): Thoughtful {
  const effort = request['reasoning_effort']
  const thoughts = thought.repeat(lengths[typeof effort === 'string' ? effort : ''] ?? 2).trim()
  const isHidden = form === 'hidden'
  if (form === 'none' || thoughts === '') return { reasoning: '', isHidden, text }
  const [open, close] = marks[form] ?? []
  if (open === undefined) return { reasoning: `${thoughts} `, isHidden, text }
  return { reasoning: '', isHidden, text: `${open}${thoughts}${close}${text}` }
}
