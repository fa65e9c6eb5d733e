import { sum } from '../numbers.js'
import { dateTime, duration, money, number, percent } from '../format.js'
import { html } from '../html.js'
import { explanation } from '../parts/explanation.js'
import { restReason } from '../parts/rest-reason.js'
import { setDrained } from '../server.js'

/** How a state looks; one that is not here looks bad. @type {Record<string, string>} */
const looks = { healthy: 'good', degraded: 'poor', drained: 'quiet', disabled: 'quiet' }

/** Each provider: its state and why, its load, and its share of the traffic against its weight. @param {typeof import('../state.js').state} state */
export function providers({ providers, firstCounts, providerSums, refusedAction }) {
  if (!providers)
    return html`<p class="empty">
      No figures yet. They come from <code>GET /providers</code>, which the proxy adds.
    </p>`
  const served = providers.map(({ name, requests }) => requests - (firstCounts.get(name) ?? 0))
  const all = sum(served, count => count)
  const weights = sum(providers, ({ weight }) => weight)
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Provider</th>
            <th>State</th>
            <th>Action</th>
            <th>Last error</th>
            <th class="number">In flight</th>
            <th class="number">Share / weight</th>
            <th class="number">Attempts</th>
            <th class="number">Failed</th>
            <th class="number">Latency</th>
            <th class="number">Whole answer</th>
            <th class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${providers.map(
            (provider, index) => html`
              <tr key=${provider.name}>
                <th scope="row">${provider.name} <small>${provider.host ?? provider.type}</small></th>
                <td>
                  <span class=${`badge ${looks[provider.status] ?? 'bad'}`}>${provider.status}</span>${' '}
                  ${rest(provider)}
                </td>
                <td>${action(provider)}</td>
                <td>${provider.last_error ?? ''} ${explanation(provider.last_error ?? undefined)}</td>
                <td class="number">${running(provider)}</td>
                <td class="number">
                  ${`${all === 0 ? '–' : percent((served[index] ?? 0) / all)} / ${percent(weights === 0 ? 0 : provider.weight / weights)}`}
                </td>
                <td class="number">${number(provider.requests)}</td>
                <td class="number">${number(provider.failures)}</td>
                <td class="number">${duration(provider.latency_ms)}</td>
                <td class="number">${duration(meanMs(providerSums.get(provider.name)))}</td>
                <td class="number">${money(providerSums.get(provider.name)?.usd || undefined)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${refusedAction === '' ? '' : html`<p class="error" role="alert">${refusedAction}</p>`}
    <p class="note">
      Share, whole answer and cost are those since this page was opened; latency is the time to the first
      content. A drained provider ends the calls that it has, and gets no others until it is resumed.
    </p>
  `
}

/** The calls that run, and the maximum now. @param {import('../state.js').Provider} provider */
function running({ active, adaptive_limit, max_concurrent }) {
  const limit = adaptive_limit ?? max_concurrent
  return limit === null ? active : `${active} of ${limit}`
}

/** Milliseconds of an answer on average; undefined before the first. @param {import('../state.js').ProviderSums} [sums] */
function meanMs(sums) {
  return sums && sums.answers > 0 ? sums.ms / sums.answers : undefined
}

/** Takes a provider out of service, or back. @param {import('../state.js').Provider} provider */
function action({ name, status, drained }) {
  if (status === 'disabled') return 'off in the configuration'
  const [word, wanted] = drained ? ['Resume', false] : ['Drain', true]
  return html`<button type="button" aria-label=${`${word} ${name}`} onClick=${() => setDrained(name, wanted)}>
    ${word}
  </button>`
}

/** @param {import('../state.js').Provider} provider */
function rest({ retry_in, fallback_only, drained, resting }) {
  if (drained) {
    const by = drained.by === null ? '' : ` by ${drained.by}`
    return html`<small>${`since ${dateTime(Date.parse(drained.since))}${by}`}</small>`
  }
  const next = retry_in > 0 ? `back in ${duration(retry_in * 1000)}` : ''
  if (resting) {
    const words = [`since ${dateTime(Date.parse(resting.since))}`, restReason(resting), next].filter(Boolean)
    return html`<small>${words.join('; ')}</small>`
  }
  if (next !== '') return next
  return fallback_only ? 'fallback only' : ''
}
