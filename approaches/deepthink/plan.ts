import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { findJson, textOf } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { enclose, numberLines } from '../lib/asking/prompt-lists.ts'
import { ways } from './ways.ts'

const notYet = 'Do not solve the above yet.'

function selectPrompt(limit: number): string {
  const list = ways.map(([name, advice], index) => `${index + 1}. ${name}: ${advice}`).join('\n')
  return `${notYet} Here are ways of thinking:\n\n${list}\n\nWhich of them help most with this very task? Take few, \
${limit} at the most. Reply with their numbers as a JSON array and nothing else.`
}

function adaptPrompt(chosen: readonly number[]): string {
  const list = chosen.map(index => `- ${ways[index]!.join(': ')}`).join('\n')
  return `${notYet} These ways of thinking were picked for it:\n\n${list}\n\nTurn each into advice for this very task: \
name the quantities, facts, parts or pitfalls in it that the advice is about.`
}

function implementPrompt(advice: string): string {
  return `${notYet} Here is advice on how to go about it:\n\n${enclose('advice', advice)}\n\nMake it a plan: steps in \
the order in which they are to be done, each saying what to find out or to do and what it has to give, the last ones \
a check and the answer. Reply with the steps as a JSON array of strings and nothing else.`
}

/** The ways of thinking that were chosen for a kind of task, by the client and the chain. */
const chosenFor = new LRUCache<string, readonly number[]>({ max: 1000 })

/**
 * The kind of task of a request: its system message and the first line of the question, as templates have them. Undefined for
 * a question without text.
 */
function taskOf(ctx: Context, { model, messages }: ChatRequest, limit: number): string | undefined {
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer').map(textOf)
  const asked = textOf(messages.findLast(({ role }) => role === 'user')).trim()
  const [line = ''] = asked.split('\n', 1)
  return line === '' ? undefined : hash('sha256', JSON.stringify([ctx.owner, model, limit, system, line]))
}

/**
 * Makes a plan for a request: the model selects ways of thinking, adapts them and puts them in order, in three calls, or in
 * two if it has selected them for such a task before.
 */
export async function discoverPlan(ctx: Context, request: ChatRequest, limit: number): Promise<string> {
  const askWith = (prompt: string) => (inner: Context) =>
    ask(inner, request, withUserText(request.messages, prompt))

  const task = taskOf(ctx, request, limit)
  let chosen = task === undefined ? undefined : chosenFor.get(task)
  if (!chosen) {
    ctx.note('Choosing ways of thinking')
    chosen = readChosen(await ctx.span('select', askWith(selectPrompt(limit)))).slice(0, limit)
    if (task !== undefined && chosen.length > 0) chosenFor.set(task, chosen)
  }
  ctx.note('Adapting them to the task')
  const all = chosen.length > 0 ? chosen : [...ways.keys()]
  const advice = await ctx.span('adapt', askWith(adaptPrompt(all)))
  ctx.note('Making a plan')
  return readPlan(await ctx.span('implement', askWith(implementPrompt(advice)))) || advice
}

/** Of longer prose, only the end is read, where it chooses, in characters. JSON is read wherever it is. */
const longestProse = 20_000
/** Of a longer list, the first entries are read. */
const mostEntries = 1000

/** Indexes of the ways of thinking that a reply chooses: by the numbers in a JSON array, by names, or by numbers in prose. */
export function readChosen(text: string): number[] {
  const prose = text.slice(-longestProse)
  const json = findJson(text)?.value
  const entries = json === undefined ? [] : leavesOf(json).slice(0, mostEntries)
  const byName = (part: string): number[] =>
    [...ways.keys()].filter(index => part.toLowerCase().includes(ways[index]![0]))
  const byNumber = (part: string): number[] =>
    (part.match(/(?<![\d.])\d{1,3}(?![\d.]*\d)/g) ?? []).map(number => Number(number) - 1)
  const listed = entries.flatMap(entry => (byName(entry).length > 0 ? byName(entry) : byNumber(entry)))
  const found = [listed, byName(prose), byNumber(prose)].map(existing).find(indexes => indexes.length > 0)
  return [...new Set(found)]
}

function existing(indexes: readonly number[]): number[] {
  return indexes.filter(index => index >= 0 && index < ways.length)
}

/** The numbered steps of a plan in any form of JSON; a plan in prose is returned unchanged. */
export function readPlan(text: string): string {
  const json = findJson(text)?.value
  if (json === undefined) return text.trim()
  const steps = leavesOf(json).map(step => step.replace(/^(?:step\s)?\d{1,2}\s?[.):]\s?/i, '').trim())
  return numberLines(steps.filter(step => step !== ''))
}

/** The strings and numbers in a JSON value, in order; those of an object with their names. */
function leavesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  if (typeof value === 'string') return [value.trim()]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const leaves = leavesOf(inner).filter(leaf => leaf !== '')
    if (leaves.length === 0) return [name]
    return typeof inner === 'object' ? leaves : leaves.map(leaf => `${name}: ${leaf}`)
  })
}
