import { html } from '../html.js'
import { update } from '../state.js'

/** The configuration that runs, with the source of each value; secrets are masked. @param {typeof import('../state.js').state} state */
export function configuration({ configuration: described, filter, problem }) {
  if (!described)
    return problem ? html`<p class="error" role="alert">${problem}</p>` : html`<p class="empty">…</p>`
  const { file, config, sources } = described
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const rows = leavesOf(config, '').filter(([path]) => words.every(word => path.toLowerCase().includes(word)))
  const isSet = (/** @type {string} */ path) => (sources[path] ?? 'default') !== 'default'
  return html`
    <form role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label
        >Filter <input type="search" value=${filter} placeholder="part of a key" onInput=${changeFilter}
      /></label>
      <output>${file ?? 'no file'}</output>
    </form>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Key</th>
            <th>Value</th>
            <th>Source</th>
          </tr>
        </thead>
        <tbody>
          ${rows
            .toSorted(([one], [other]) => Number(isSet(other)) - Number(isSet(one)))
            .map(
              ([path, value]) => html`
                <tr key=${path}>
                  <th scope="row"><code>${path}</code></th>
                  <td>${typeof value === 'string' ? value : JSON.stringify(value)}</td>
                  <td>${sources[path] ?? ''}</td>
                </tr>
              `,
            )}
        </tbody>
      </table>
    </div>
    <p class="note">Values that somebody has set come first.</p>
  `
}

/**
 * The values of a configuration by their paths, such as `providers[0].name`.
 * @param {unknown} value
 * @param {string} path
 * @returns {[string, unknown][]}
 */
function leavesOf(value, path) {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`
    return leavesOf(inner, path + below)
  })
}

/** @param {InputEvent} event */
function changeFilter(event) {
  update({ filter: /** @type {HTMLInputElement} */ (event.target).value })
}
