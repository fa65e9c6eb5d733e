import { addReport, state, update } from './state.js'

const keyName = 'hulumanage-key'
const retryMs = 2_000
const providersMs = 2_000

/** Takes the key that an earlier visit has stored. */
export function loadKey() {
  state.key = localStorage.getItem(keyName) ?? sessionStorage.getItem(keyName) ?? ''
}

/** Uses a key, for this tab or for later visits, too. @param {string} key @param {boolean} remember */
export function useKey(key, remember) {
  const [keeping, other] = remember ? [localStorage, sessionStorage] : [sessionStorage, localStorage]
  keeping.setItem(keyName, key)
  other.removeItem(keyName)
  update({ key, needsKey: false, connection: 'connecting' })
  // The view that was refused is read again.
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** A request to the server, with the key. @param {string} path @param {RequestInit} [init] */
export async function ask(path, init = {}) {
  const headers = new Headers(init.headers)
  if (state.key !== '') headers.set('authorization', `Bearer ${state.key}`)
  const response = await fetch(path, { ...init, headers })
  if (response.status === 401) update({ needsKey: true })
  return response
}

/** Asks for another key if the server does not let this one see its figures. @param {Response} response */
async function explainRefusal(response) {
  const { error } = await response.json()
  if (response.status === 403) update({ needsKey: true, refusal: error.message })
}

/** Reads the JSON of a path; undefined if the server refuses it. @param {string} path @returns {Promise<any>} */
export async function read(path) {
  const response = await ask(path)
  return response.ok ? response.json() : undefined
}

/** Follows the server for as long as the page is open. */
export async function followServer() {
  setInterval(() => {
    if (state.view === 'providers') void readProviders().catch(() => {})
  }, providersMs)
  for (;;) {
    try {
      const response = await ask('dashboard/events')
      if (!response.ok) await explainRefusal(response)
      else {
        // These count towards the rate limit of a client: the providers are read again only while they are shown.
        void readProviders().catch(() => {})
        void readModels().catch(() => {})
        void readErrors().catch(() => {})
        for await (const data of eventsOf(response)) addReport(JSON.parse(data))
      }
    } catch {
      // The server is away. The page says so, and tries again.
    }
    update({ connection: 'lost' })
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

async function readModels() {
  const answer = await read('v1/models')
  if (answer) update({ models: answer.data })
}

async function readErrors() {
  const errors = await read('dashboard/errors.json')
  if (errors) update({ errors })
}

async function readProviders() {
  if (document.hidden || state.needsKey) return
  const answer = await read('providers')
  if (!answer) return
  /** @type {import('./state.js').Provider[]} */
  const providers = answer.providers
  for (const { name, requests } of providers)
    // A count that fell belongs to a server that was started again.
    if (!(requests >= (state.firstCounts.get(name) ?? Infinity))) state.firstCounts.set(name, requests)
  update({ providers })
}

/** Takes a provider out of service, or back into it. @param {string} name @param {boolean} drained */
export async function setDrained(name, drained) {
  try {
    const path = `providers/${encodeURIComponent(name)}/${drained ? 'drain' : 'resume'}`
    const response = await ask(path, { method: 'POST' })
    const answer = await response.json()
    update({ refusedAction: response.ok ? '' : answer.error.message })
    if (response.ok) await readProviders()
  } catch {
    update({ refusedAction: 'The server is away, so nothing was changed.' })
  }
}

/**
 * The data of server-sent events; comments are skipped.
 * @param {Response} response
 * @returns {AsyncGenerator<string>}
 */
export async function* eventsOf(response) {
  if (!response.body) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const lines = frame.split('\n').filter(line => line.startsWith('data:'))
      if (lines.length > 0) yield lines.map(line => line.slice(5).trimStart()).join('\n')
    }
  }
}
