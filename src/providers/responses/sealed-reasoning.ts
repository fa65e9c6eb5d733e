import type { Message } from '../../contract/index.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import { isPacked, readThoughts } from '../../text/carried-thoughts.ts'
import type { WithoutSeals } from '../translation.ts'
import type { OutputItem } from './answer.ts'

type Json = Readonly<Record<string, unknown>>

/** The position of a thought in an answer: whether text came before it, and the number of calls before it. */
interface Place {
  readonly text: boolean
  readonly calls: number
}

/** A thought that only its service can read, in a chat message; `after` is set if it does not come first. */
export interface SealedReasoning {
  readonly id?: string
  readonly encrypted_content: string
  readonly after?: Place
}

/** The sealed part of an item of reasoning, for a chat message; undefined if it has none. */
export function sealedOf(
  { id, encrypted_content: sealed }: OutputItem,
  after: Place,
): SealedReasoning | undefined {
  if (typeof sealed !== 'string' || sealed === '') return undefined
  const place = after.text || after.calls > 0 ? { after } : {}
  return { ...(id === undefined ? {} : { id }), encrypted_content: sealed, ...place }
}

/** The items of the sealed reasoning of a message that come right before a call, or before its text if that is -1. */
export function reasoningBefore({ reasoning_items: items }: Message, call: number): Json[] {
  if (!Array.isArray(items)) return []
  return (items as readonly Json[]).flatMap(item => (callBehind(item) === call ? inputItem(item) : []))
}

/** The call that a thought comes before; -1 if text follows it first. */
function callBehind({ after }: Json): number {
  const { text, calls } = (after ?? {}) as Partial<Place>
  const count = Number.isSafeInteger(calls) ? (calls ?? 0) : 0
  return text === true || count > 0 ? count : -1
}

function inputItem({ id, encrypted_content: sealed }: Json): Json[] {
  if (typeof sealed !== 'string' || sealed === '') return []
  const named = typeof id === 'string' && id.startsWith('rs') ? { id } : {}
  return [{ type: 'reasoning', ...named, summary: [], encrypted_content: sealed }]
}

/**
 * Restores in a relayed body the sealed reasoning that we packed for its client, and leaves out that of other services. If
 * the service stores nothing, reasoning with neither a seal nor a text is left out, too: it is known by an id alone, which
 * the service refuses. Such items remain of streams that broke while a model was thinking. Returns the same object for all
 * other bodies. `model`: the provider's own name of it.
 */
export function withoutForeignReasoning(body: Json, model: string): Json {
  const { input, store } = body
  if (!Array.isArray(input)) return body
  const fit = openai.test(model) ? withoutText : withoutNulls
  let isChanged = false
  const kept = input.flatMap((item: unknown) => {
    const fields = fieldsOf(item)
    if (fields?.['type'] !== 'reasoning') return [item]
    const fitting = isPacked(fields['encrypted_content']) ? unpacked(fields) : fit(fields)
    const isLost = store === false || (fitting !== fields && fit === withoutText)
    const items = [fitting].flat().filter(one => !isLost || !isUnsealed(one))
    isChanged ||= items.length !== 1 || items[0] !== fields
    return items
  })
  return isChanged ? { ...body, input: kept } : body
}

/** OpenAI's own models, also under the names of deployments. Others have o1 in their names, too: marco-o1. */
const openai = /(?:^|[-/:])(?:gpt-[3-9]|codex)|(?:^|[/:])o[1-9]/

/** Reasoning without its text, which OpenAI refuses: another service wrote it in an earlier turn. */
function withoutText(item: Json): Json {
  const { content, ...rest } = item
  return Array.isArray(content) && content.length > 0 ? rest : item
}

/** Reasoning as OpenRouter and others take it: Codex writes null for what an item lacks, which only OpenAI accepts. */
function withoutNulls(item: Json): Json {
  const fields = Object.entries(item)
  return fields.some(([, value]) => value === null)
    ? Object.fromEntries(fields.filter(([, value]) => value !== null))
    : item
}

/** Leaves unwanted reasoning out of the input of a body. */
export const withoutSeals: WithoutSeals = (body, isUnwanted) => {
  const { input } = body
  if (!Array.isArray(input)) return body
  const kept = input.filter((item: unknown) => {
    const { encrypted_content: sealed } = (item ?? {}) as Json
    return typeof sealed !== 'string' || sealed === '' || !isUnwanted(sealed)
  })
  return kept.length === input.length ? body : { ...body, input: kept }
}

function unpacked({ encrypted_content: packed }: Json): Json[] {
  const { reasoning_items: items = [] } = readThoughts(packed)
  return (items as readonly Json[]).flatMap(inputItem)
}

/** Whether an item of reasoning contains nothing that a service can read; a summary is for people. */
function isUnsealed(item: unknown): boolean {
  const { type, encrypted_content: sealed, content } = fieldsOf(item) ?? {}
  return type === 'reasoning' && !sealed && !(Array.isArray(content) && content.length > 0)
}
