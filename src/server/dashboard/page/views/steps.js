import { number } from '../format.js'
import { html } from '../html.js'

/** @typedef {import('../state.js').Step} Step */

/** The approaches and wrappers that are loaded, with their params. @param {typeof import('../state.js').state} state */
export function steps({ steps: loaded, failedFiles, problem }) {
  if (!loaded)
    return problem ? html`<p class="error" role="alert">${problem}</p>` : html`<p class="empty">…</p>`
  return html`
    ${failedFiles.length > 0 && failures(failedFiles)}
    <p class="note">
      ${number(loaded.length)} are loaded. A chain names them, such as <code>bon&proxy</code>.
    </p>
    ${loaded.map(step)}
  `
}

/** Files that did not load: what they would have added is missing. @param {typeof import('../state.js').state.failedFiles} files */
function failures(files) {
  return html`
    <section aria-label="Files that did not load" class="error">
      <h3>Files that did not load</h3>
      <ul>
        ${files.map(({ file, message }) => html`<li key=${file}>${message}</li>`)}
      </ul>
    </section>
  `
}

/** @param {Step} loaded */
function step({ name, kind, place, summary, paper, cost, params, origin }) {
  const facts = [
    place === undefined ? kind : `${kind} (${place})`,
    cost && `at most ${number(cost.calls)} calls in ${number(cost.rounds)} rounds`,
    paper && html`<a href=${paper} rel="noreferrer">${paper.replace(/^https:[/][/]/, '')}</a>`,
    origin,
  ]
  return html`
    <section key=${name} aria-label=${name}>
      <h3><code>${name}</code></h3>
      <p>${summary}</p>
      <p class="note">${facts.filter(Boolean).map((fact, index) => [index > 0 && ' · ', fact])}</p>
      ${
        params.length > 0 &&
        html`<details>
          <summary>${params.length} params</summary>
          <dl>${params.map(param)}</dl>
        </details>`
      }
    </section>
  `
}

/** @param {Step['params'][number]} described */
function param({ name, expected, default: value, help }) {
  return html`
    <dt key=${`${name}-name`}><code>${name}</code></dt>
    <dd key=${name}>
      ${help} <small>${expected}${value === undefined ? '' : `, ${JSON.stringify(value)}`}</small>
    </dd>
  `
}
