import { ask, read } from './server.js'
import { state, update } from './state.js'

let lastView = ''

/** Loads what the address shows from the ledger: again whenever a view is entered. */
export async function showAddress() {
  const { view, opened, record } = state
  const isNew = view !== lastView
  lastView = view
  if (opened !== '' && record?.id !== opened) await readRecord(opened)
  if (view === 'history' && (isNew || !state.past)) await readPast()
  if (view === 'usage' && (isNew || !state.usage)) await readUsage()
  if (view === 'steps' && isNew) {
    const answer = await readOrExplain('steps')
    update({ steps: answer?.data, failedFiles: answer?.failed ?? [] })
  }
  if (view === 'configuration' && isNew) update({ configuration: await readOrExplain('config') })
  if (view === 'worth' && (isNew || !state.worth)) await readWorth()
}

/** @param {string} id */
async function readRecord(id) {
  update({ record: await read(`requests/${encodeURIComponent(id)}`) })
}

/** Reads the newest requests that match the filters. */
export async function readPast() {
  const page = await readPage()
  if (page) update({ past: page.data, cursor: page.next_cursor, problem: '' })
}

/** Reads the requests before those that are shown. */
export async function readOlder() {
  const page = await readPage(state.cursor)
  if (page) update({ past: [...(state.past ?? []), ...page.data], cursor: page.next_cursor })
}

/** @param {string | null} [cursor] */
async function readPage(cursor) {
  const given = Object.entries({ ...state.filters, cursor: cursor ?? '' }).filter(([, value]) => value !== '')
  return await readOrExplain(`requests?${new URLSearchParams(given)}`)
}

/** Reads the sums of usage by the groups that are chosen. */
export async function readUsage() {
  const answer = await readOrExplain(usagePath())
  if (answer) update({ usage: answer.data, problem: '' })
}

/** Reads what the answers of each chain have cost and changed. */
export async function readWorth() {
  const answer = await readOrExplain(usagePath('chain'))
  if (answer) update({ worth: answer.data, problem: '' })
}

/** Saves the sums that are shown as a file. A link could not present the key. */
export async function saveUsage() {
  const response = await ask(`${usagePath()}&format=csv`)
  if (!response.ok) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = `usage-by-${state.groups.replaceAll(',', '-')}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}

function usagePath(by = state.groups) {
  const since = new Date(Date.now() - state.days * 86_400_000).toISOString().slice(0, 10)
  return `usage?${new URLSearchParams({ by, since })}`
}

/** Reads the JSON of a path; undefined if the server refuses it, and the page says why. @param {string} path @returns {Promise<any>} */
async function readOrExplain(path) {
  const response = await ask(path)
  const answer = await response.json()
  if (response.ok) return answer
  update({ problem: answer.error.message })
  return undefined
}
