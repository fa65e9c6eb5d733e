import { ask, eventsOf } from './server.js'

/**
 * One side of the playground: a chain, and its answer to the question.
 * @typedef {{ chain: string, text: string, progress: string[], phase: 'idle' | 'running' | 'done' | 'failed', error: string,
 *   began: number, first_ms?: number, ms?: number, tokens?: number, cost?: number,
 *   calls: import('./parts/call-tree.js').Call[], stop?: AbortController }} Side
 */

/** A side that has asked nothing yet. @param {string} chain @returns {Side} */
export function newSide(chain) {
  return { chain, text: '', progress: [], phase: 'idle', error: '', began: 0, calls: [] }
}

/**
 * A question for a model, as both sides ask it.
 * @typedef {{ model: string, text: string }} Question
 */

/** The request for a question to a chain; the server's own chain if it is empty. @param {string} chain @param {Question} question */
export function requestBody(chain, { model, text }) {
  const messages = [{ role: 'user', content: text }]
  return chain === '' ? { model, messages } : { model, messages, hulumanage_approach: chain }
}

/** Asks the question and follows the answer into the side. @param {Side} side @param {Question} question @param {() => void} changed */
export async function run(side, question, changed) {
  side.stop?.abort()
  const stop = new AbortController()
  Object.assign(side, {
    ...newSide(side.chain),
    first_ms: undefined,
    ms: undefined,
    tokens: undefined,
    cost: undefined,
  })
  Object.assign(side, { phase: 'running', began: performance.now(), stop })
  changed()
  try {
    const extras = {
      stream: true,
      stream_options: { include_usage: true },
      hulumanage_trace: true,
      hulumanage_progress: true,
    }
    const response = await ask('v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...requestBody(side.chain, question), ...extras }),
      signal: stop.signal,
    })
    if (!response.ok) {
      takeChunk(side, (await response.json().catch(() => null)) ?? {})
      throw new Error(`HTTP ${response.status}`)
    }
    for await (const data of eventsOf(response)) {
      if (data !== '[DONE]') takeChunk(side, JSON.parse(data))
      changed()
    }
    side.phase = 'done'
  } catch (error) {
    side.phase = 'failed'
    side.error = stop.signal.aborted ? 'stopped' : error instanceof Error ? error.message : String(error)
  }
  side.ms = performance.now() - side.began
  changed()
}

/** @param {Side} side @param {any} chunk */
function takeChunk(side, chunk) {
  if (chunk.hulumanage_trace) side.calls = chunk.hulumanage_trace
  if (chunk.error) throw new Error(chunk.error.message ?? chunk.error)
  const delta = chunk.choices?.[0]?.delta ?? {}
  if (delta.content) {
    side.first_ms ??= performance.now() - side.began
    side.text += delta.content
  } else if (delta.reasoning_content)
    side.progress = [...side.progress, delta.reasoning_content.trim()].slice(-50)
  if (chunk.usage) {
    side.tokens = chunk.usage.total_tokens
    side.cost = chunk.usage.cost ?? undefined
  }
}
