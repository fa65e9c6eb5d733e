import { duration, money, number } from '../format.js'
import { html } from '../html.js'
import { callTree } from '../parts/call-tree.js'
import { newSide, requestBody, run } from '../playground-run.js'
import { update } from '../state.js'

/** @typedef {import('../playground-run.js').Side} Side */

const sides = [newSide('proxy'), newSide('bon&proxy')]
const question = { model: '', text: 'What is 17 * 23?' }
/** Whether a model was proposed: one that the user deletes does not come back. */
let isProposed = false

/** One question to two chains, side by side. @param {typeof import('../state.js').state} state */
export function playground({ models }) {
  proposeModel(models)
  return html`
    <form class="ask" onSubmit=${askBoth}>
      <label
        >Question
        <textarea
          rows="3"
          value=${question.text}
          onInput=${(/** @type {InputEvent} */ event) => (question.text = valueOf(event))}
        ></textarea>
      </label>
      <label
        >Model
        <input
          value=${question.model}
          list="models"
          required
          onInput=${(/** @type {InputEvent} */ event) => (question.model = valueOf(event))}
      /></label>
      <datalist id="models">
        ${models.map(({ id }) => html`<option key=${id} value=${id}></option>`)}
      </datalist>
      <button>Ask both</button>
    </form>
    <div class="sides">${sides.map((side, index) => sideOf(side, index))}</div>
  `
}

/** Proposes a model as soon as the server has told which there are. @param {(typeof import('../state.js').state)['models']} models */
function proposeModel(models) {
  if (isProposed || models.length === 0) return
  isProposed = true
  question.model ||= (models.find(({ owned_by }) => owned_by !== 'hulumanage') ?? models.at(-1))?.id ?? ''
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value
}

/** @param {Event} event */
function askBoth(event) {
  event.preventDefault()
  for (const side of sides) void run(side, question, update)
}

/** @param {Side} side @param {number} index */
function sideOf(side, index) {
  const { chain, phase, text, progress, error, calls, ms } = side
  const title = `Chain ${index + 1}`
  return html`
    <section key=${index} aria-label=${title}>
      <label
        >${title}
        <input value=${chain} onInput=${(/** @type {InputEvent} */ event) => (side.chain = valueOf(event))}
      /></label>
      ${phase === 'running' && html`<button onClick=${() => side.stop?.abort()}>Stop</button>`}
      ${
        progress.length > 0 &&
        html`<details open=${text === ''}>
          <summary>Progress</summary>
          <ol>
            ${progress.map(line => html`<li>${line}</li>`)}
          </ol>
        </details>`
      }
      <div class="answer" aria-live="polite">${text || (phase === 'running' ? '…' : '')}</div>
      ${error && html`<p class="error">${error}</p>`}
      ${ms !== undefined && html`<p class="note">${figuresOf(side)}</p>`}
      ${calls.length > 0 && callTree(calls)} ${phase !== 'idle' && snippets(side)}
    </section>
  `
}

/** @param {Side} side */
function figuresOf({ first_ms: first, ms, tokens, cost }) {
  const times = `First content ${duration(first)}, whole ${duration(ms)}, ${number(tokens)} tokens`
  return cost === undefined ? times : `${times}, ${money(cost)}`
}

/** @param {Side} side */
function snippets(side) {
  return html`<p class="copy">
    Copy as
    ${Object.entries(formats).map(([name, format]) => html` <button key=${name} onClick=${() => void navigator.clipboard.writeText(format(side))}>${name}</button>`)}
  </p>`
}

/** The address of the server as clients need it. */
function baseUrl() {
  return new URL('v1', document.baseURI).href
}

/** The request in the forms in which people use it. @type {Record<string, (side: Side) => string>} */
const formats = {
  curl: ({ chain }) => {
    const body = JSON.stringify(requestBody(chain, question)).replaceAll("'", String.raw`'\''`)
    return `curl ${baseUrl()}/chat/completions \\
  -H 'content-type: application/json' \\
  -H "authorization: Bearer $HULUMANAGE_API_KEY" \\
  -d '${body}'`
  },
  Python: ({ chain }) => `import os
from openai import OpenAI

client = OpenAI(base_url="${baseUrl()}", api_key=os.environ.get("HULUMANAGE_API_KEY", "none"))
answer = client.chat.completions.create(
    model=${JSON.stringify(question.model)},
    messages=[{"role": "user", "content": ${JSON.stringify(question.text)}}],
    extra_body={"hulumanage_approach": ${JSON.stringify(chain)}},
)
print(answer.choices[0].message.content)`,
  TypeScript: ({ chain }) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${baseUrl()}', apiKey: process.env.HULUMANAGE_API_KEY ?? 'none' })
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(question.model)},
  messages: [{ role: 'user', content: ${JSON.stringify(question.text)} }],
  ...{ hulumanage_approach: ${JSON.stringify(chain)} },
})
console.log(answer.choices[0]?.message.content)`,
}
