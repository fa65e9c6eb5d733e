import t from 'tap'
import type { Test } from 'tap'
import type { Page } from 'playwright-core'
import { HulumanageError } from '../../../src/contract/index.ts'
import { answer, error } from '../../fake-provider.ts'
import { canaries, serve } from '../../matrix/serve.ts'
import { brokenRules, launchChromium, patienceMs, takePicture } from './browser.ts'

const views = [
  'now',
  'providers',
  'requests',
  'history',
  'worth',
  'usage',
  'playground',
  'steps',
  'configuration',
] as const

/** A server that requires no key. */
const keyless = { config: { api_keys: [], ledger: { path: ':memory:' } } }

t.test('the dashboard', { timeout: 900_000 }, async t => {
  const browser = await launchChromium(t)
  // One tab for all tests: for each new one, Chromium starts processes that take seconds of CPU.
  const tab = await browser.newPage()
  tab.setDefaultTimeout(patienceMs)
  let current = t
  tab.on('pageerror', thrown => current.fail(thrown.message))
  tab.on('console', line => {
    if (/Content Security Policy/.test(line.text())) current.fail(line.text())
  })

  /** Opens the dashboard as a new visitor; the test fails for anything that the page reports as an error. */
  async function open(t: Test, url: string): Promise<Page> {
    current = t
    await tab.setViewportSize({ width: 1280, height: 720 })
    await tab.emulateMedia({ colorScheme: 'light' })
    await tab.goto(url)
    t.teardown(leave)
    return tab
  }

  async function leave(): Promise<void> {
    if (tab.url() === 'about:blank') return
    // Ports are used again, and with them the keys that were kept for an address.
    await tab.evaluate('localStorage.clear(); sessionStorage.clear()')
    await tab.goto('about:blank')
  }

  await t.test('requests appear as they end, with the attempts that failed', async t => {
    const server = await serve(t, [error(500), answer('fine')], keyless)
    const page = await open(t, server.running.url)
    await page.getByText('live', { exact: true }).waitFor()
    await server.client.ask({ model: 'gpt-4' })
    await page.getByRole('link', { name: 'Requests' }).click()
    const row = page.getByRole('row').filter({ hasText: 'gpt-4' })
    await row.waitFor()
    t.match(await row.textContent(), /gpt-4.*b.*200/)
    await row.getByRole('img', { name: '2 attempts, 1 failed' }).waitFor()
    await row.getByRole('link').click()
    await page.getByText('a: upstream_error (500)').waitFor()
  })

  await t.test('the focus stays on a request, with its details, when others arrive', async t => {
    const server = await serve(t, [answer('fine')], keyless)
    const page = await open(t, `${server.running.url}/dashboard#requests`)
    await page.getByText('live', { exact: true }).waitFor()
    await server.client.ask({ model: 'gpt-4' })
    const link = page.getByRole('row').filter({ hasText: 'gpt-4' }).getByRole('link').first()
    await link.focus()
    await page.keyboard.press('Enter')
    await page.getByText('/v1/chat/completions').waitFor()
    await server.client.ask({ model: 'gpt-5' })
    await page.getByRole('cell', { name: 'gpt-5' }).waitFor()
    t.equal(await page.locator('a:focus').getAttribute('href'), await link.getAttribute('href'))
    await page.getByText('/v1/chat/completions').waitFor()
  })

  await t.test('times are those of answers, without refusals', async t => {
    const server = await serve(t, [answer('fine')], keyless)
    const page = await open(t, server.running.url)
    await page.getByText('live', { exact: true }).waitFor()
    await page.evaluate(`import('/dashboard/state.js').then(({ addReport }) => {
      const request = (id, status, ms) => ({ id, at: Date.now(), route: '/v1/chat/completions', status, ms })
      addReport({
        at: Date.now(), in_flight: 0, waiting: 0, running: [], providers: [], totals: { requests: 3, failed: 2, tokens: 0, usd: 0 },
        ended: [request('a', 200, 5_000), request('b', 429, 0), request('c', 429, 0)],
      })
    })`)
    await page.getByRole('listitem').filter({ hasText: 'Whole answer' }).getByText('5 s / 5 s').waitFor()
  })

  await t.test('on a phone, a row shows who asked, for which model, and with which result', async t => {
    const server = await serve(t, [answer('fine')], { config: { ledger: { path: ':memory:' } } })
    await server.client.ask({ model: 'gpt-4' })
    const page = await open(t, server.running.url)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByText('a key is needed').waitFor()
    await page.getByLabel('Key').fill(canaries.client)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByText('live', { exact: true }).waitFor()
    await page.goto(`${server.running.url}/#history`)
    const result = page.getByRole('cell', { name: '200', exact: true })
    await result.waitFor()
    const { x, width } = (await result.boundingBox())!
    t.ok(x + width <= 390)
    await page.getByRole('row').filter({ hasText: 'gpt-4' }).getByRole('link').click()
    for (const column of ['Chain', 'Provider', 'Calls', 'Total', 'Tokens'])
      await page.locator('.details dt:visible', { hasText: column }).waitFor()
    await server.client.ask({ model: 'gpt-5' })
    await page.goto(`${server.running.url}/#requests`)
    await page.getByRole('row').filter({ hasText: 'gpt-5' }).getByRole('link').click()
    for (const column of ['Chain', 'Provider', 'Attempts', 'Total', 'Tokens'])
      await page.locator('.details dt:visible', { hasText: column }).waitFor()
  })

  await t.test('an answer of the cache and the cost of a provider are shown', async t => {
    const { config } = keyless
    const server = await serve(t, [answer('fine')], {
      config: { ...config, cache: { enabled: true } },
      entries: [{ price: { input: 1e6, output: 1e6 } }],
    })
    const page = await open(t, `${server.running.url}/#requests`)
    await page.getByText('live', { exact: true }).waitFor()
    await server.client.ask()
    await server.client.ask()
    await page.getByRole('cell', { name: '200, from the cache' }).waitFor()
    await page.goto(`${server.running.url}/#providers`)
    await page.getByRole('row', { name: /^a / }).getByText(/^\$\d/).waitFor()
    await page.goto(`${server.running.url}/#history`)
    await page.getByRole('cell', { name: '200, from the cache' }).waitFor()
  })

  await t.test('an error is explained, with what to do', async t => {
    const server = await serve(t, [error(401)], keyless)
    const page = await open(t, `${server.running.url}/#requests`)
    await page.getByText('live', { exact: true }).waitFor()
    await server.client.ask({ model: 'gpt-4' })
    await page.getByRole('row').filter({ hasText: 'gpt-4' }).getByRole('link').click()
    await page.getByText('Correct api_key of the provider in the configuration.').waitFor()
    await page.goto(`${server.running.url}/#providers`)
    const row = page.getByRole('row', { name: /^a / })
    await row.getByText('The provider refused the key').waitFor()
    await row.getByText(/since .*; refuses its key; back in /).waitFor()
    t.strictSame(await brokenRules(page), [])
  })

  await t.test('names from requests are text, never markup', async t => {
    const server = await serve(t, [answer('fine')], keyless)
    const page = await open(t, `${server.running.url}/dashboard#requests`)
    await page.getByText('live', { exact: true }).waitFor()
    const model = '<img src=x onerror=document.title="owned">'
    await server.client.ask({ model })
    await page.getByRole('cell', { name: model }).waitFor()
    t.equal(await page.title(), 'Requests – hulumanage')
  })

  await t.test('no text from outside runs, leaves its place or stops the page, whatever it is', async t => {
    const run = 'document.title=`owned`'
    const text = `"'><img src=x onerror="${run}"><script>${run}</script>javascript:${run}//\u202E\u2066\u0000\u001B[2J\uD800`
    const long = text.padEnd(1024 * 1024, 'x ')
    const call = {
      id: text,
      type: 'function',
      function: { name: text, arguments: JSON.stringify({ [text]: text }) },
    }
    const refusal = error(400, { error: { message: text, type: text, code: text, param: text } })
    const bodies = { keep: 'all' as const }
    const config = { api_keys: [], ledger: { path: ':memory:', bodies } }
    const scripts = [
      answer(long),
      answer({ content: text, reasoning_content: text, tool_calls: [call] }),
      refusal,
    ]
    const server = await serve(t, [scripts], { config })
    const headers = {
      'x-session-id': text.replace(/[^ -~]/g, ''),
      'x-request-id': 'a"b',
      'user-agent': '<b>',
    }
    for (const _ of scripts)
      await server.client.ask({ model: text.slice(0, 400), user: text, metadata: { a: text } }, headers)
    await server.client.ask({ model: text.slice(0, 400), hulumanage_approach: text })
    await server.client.ask({ messages: [{ role: 'user', content: long }] })

    const page = await open(t, server.running.url)
    await page.getByText('live', { exact: true }).waitFor()
    for (const view of views) {
      await page.goto(`${server.running.url}/#${view}`)
      await page.locator('[aria-current=page]', { hasText: new RegExp(view, 'i') }).waitFor()
      for (const row of await page.locator('tbody tr a').all()) await row.click()
      await page.evaluate('for (const closed of document.querySelectorAll("details")) closed.open = true')
      t.strictSame(await page.locator('img[src=x], main script, a[href^="javascript"]').count(), 0, view)
      t.equal((await page.title()).toLowerCase(), `${view} – hulumanage`)
    }
  })

  await t.test('a server with keys asks for one, once, and never in the address', async t => {
    const server = await serve(t, [answer('fine')])
    const page = await open(t, server.running.url)
    await page.getByLabel('Key').fill('wrong')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByLabel('Key').fill(canaries.client)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByText('live', { exact: true }).waitFor()
    t.notOk(page.url().includes(canaries.client))
    await page.reload()
    await page.getByText('live', { exact: true }).waitFor()
    t.equal(await page.getByLabel('Key').count(), 0)
  })

  await t.test('the page connects again when its connection was lost', async t => {
    const server = await serve(t, [answer('fine')], keyless)
    const page = await open(t, server.running.url)
    await page.getByText('live', { exact: true }).waitFor()
    // It stays lost until the page is seen to say so.
    await page.route('**/dashboard/events', route => route.abort())
    server.running.app.server.closeAllConnections()
    await page.getByText('connection lost').waitFor()
    await page.unrouteAll()
    await page.getByText('live', { exact: true }).waitFor()
  })

  await t.test(
    'ten thousand requests are kept, a hundred are drawn, and the filter finds one of them',
    async t => {
      const server = await serve(t, [answer('fine')], keyless)
      const page = await open(t, `${server.running.url}/dashboard#requests`)
      await page.getByText('live', { exact: true }).waitFor()
      await page.evaluate(`import('/dashboard/state.js').then(({ addReport }) => addReport({
      at: Date.now(), in_flight: 0, waiting: 0, running: [], providers: [], totals: { requests: 10_000, failed: 0, tokens: 0, usd: 0 },
      ended: Array.from({ length: 10_000 }, (_, index) => ({
        id: 'req_' + index, at: Date.now(), route: '/v1/chat/completions', status: 200, ms: 5, model: 'm' + index,
      })),
    }))`)
      await page.getByText('10K of 10K requests').waitFor()
      t.equal(await page.locator('tbody tr').count(), 100)
      await page.getByLabel('Filter').fill('m1234')
      await page.getByText('1 of 10K requests').waitFor()
      t.equal(await page.getByRole('cell', { name: 'm1234', exact: true }).count(), 1)
    },
  )

  await t.test('the playground asks two chains and shows the calls of each', async t => {
    const server = await serve(t, [answer('The answer is 391.')], keyless)
    const page = await open(t, `${server.running.url}/#playground`)
    await page.getByLabel('Model').fill('m')
    await page.getByLabel('Chain 2').last().fill('self_consistency&proxy')
    await page.getByRole('button', { name: 'Ask both' }).click()
    await page.getByText('The answer is 391.').nth(1).waitFor()
    await page.getByRole('table').nth(1).waitFor()
    t.match(await page.getByRole('table').nth(1).textContent(), /draw.*agrees/)
  })

  await t.test('the playground shows a failure in whatever words, or none, a gateway tells it', async t => {
    const server = await serve(t, [answer()], keyless)
    const bodies = {
      '<html>Bad gateway</html>': 'HTTP 502',
      null: 'HTTP 502',
      '{"error":"is down"}': 'is down',
    }
    for (const [body, shown] of Object.entries(bodies)) {
      const page = await open(t, `${server.running.url}/#playground`)
      await page.route('**/v1/chat/completions', route => route.fulfill({ status: 502, body }))
      await page.getByLabel('Model').fill('m')
      await page.getByRole('button', { name: 'Ask both' }).click()
      await page.getByText(shown).nth(1).waitFor()
      await page.unroute('**/v1/chat/completions')
    }
    t.pass('each is shown, with its status if it has no words')
  })

  await t.test('text in a filter of the history stays when the page is drawn before it is used', async t => {
    const server = await serve(t, [answer('fine')], keyless)
    for (const model of ['gpt-4', 'gpt-5']) await server.client.ask({ model })
    const page = await open(t, `${server.running.url}/#history`)
    await page.getByRole('cell', { name: 'gpt-5' }).waitFor()
    await page.getByLabel('Model').fill('gpt-4')
    await page.getByLabel('Since').fill('2026-01-31')
    await page.evaluate(`import('/dashboard/state.js').then(({ update }) => {
      update({ problem: 'drawn' })
    })`)
    await page.getByText('drawn').waitFor()
    t.equal(await page.getByLabel('Model').inputValue(), 'gpt-4')
    t.equal(await page.getByLabel('Since').inputValue(), '2026-01-31')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('cell', { name: 'gpt-5' }).waitFor({ state: 'detached' })
    t.equal(await page.getByRole('cell', { name: 'gpt-4' }).count(), 1)
  })

  await t.test(
    'a provider is drained and resumed with a button, which a key of a user may not use',
    async t => {
      const server = await serve(t, [answer('a'), answer('b')], keyless)
      const page = await open(t, `${server.running.url}/#providers`)
      await page.getByRole('button', { name: 'Drain a' }).click()
      await page.getByRole('row', { name: /^a / }).getByText('drained', { exact: true }).waitFor()
      await server.client.ask()
      t.same(server.received, [0, 1])
      t.strictSame(await brokenRules(page), [])
      await page.getByRole('button', { name: 'Resume a' }).click()
      await page.getByRole('row', { name: /^a / }).getByText('healthy', { exact: true }).waitFor()
      const withKeys = await serve(t, [answer('a')])
      const refused = await open(t, `${withKeys.running.url}/#providers`)
      await refused.getByLabel('Key').fill(canaries.client)
      await refused.getByRole('button', { name: 'Use this key' }).click()
      await refused.getByRole('button', { name: 'Drain a' }).click()
      await refused.getByRole('alert').filter({ hasText: 'takes the key of an operator' }).waitFor()
    },
  )

  await t.test('requests of the past are found, and show what became of each call', async t => {
    const server = await serve(t, [error(500), ['one', 'two', 'three'].map(text => answer(text))], keyless)
    await server.client.ask({ model: 'bon&proxy-gpt-4' })
    await server.client.ask({ model: 'gpt-5' })
    const page = await open(t, `${server.running.url}/#history`)
    await page.getByRole('cell', { name: 'gpt-5' }).waitFor()
    await page.getByLabel('Chain').fill('proxy-bon')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('cell', { name: 'gpt-5' }).waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'proxy-bon' }).getByRole('link').click()
    const tree = page.getByRole('table', { name: /^Calls, over/ })
    await tree.waitFor()
    const discarded = tree.locator('tr.discarded')
    t.ok((await discarded.count()) > 0)
    t.ok((await discarded.count()) < (await tree.locator('tbody tr').count()))
    await page.goto(`${server.running.url}/#worth`)
    const chain = page.getByRole('row', { name: /^proxy-bon/ })
    await chain.waitFor()
    await takePicture(page, 'worth')
    t.match(
      await chain.textContent(),
      /^proxy-bon1.* ms(0|100) %$/,
      'one answer, and the share of changed drafts',
    )
    await page.goto(`${server.running.url}/#usage`)
    await page.getByRole('combobox', { name: 'By' }).selectOption('chain')
    await page.getByRole('cell', { name: 'proxy-bon', exact: true }).waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    t.equal((await download).suggestedFilename(), 'usage-by-chain.csv')
  })

  await t.test('texts that are kept are shown when they are opened, as text', async t => {
    const bodies = { keep: 'all' as const }
    const config = { api_keys: [], ledger: { path: ':memory:', bodies } }
    const drafts = answer(['one', 'two', 'three'].map(text => `<b>${text}</b>`))
    const server = await serve(t, [error(500), drafts], { config })
    await server.client.ask({ model: 'moa&proxy-gpt-4' })
    const page = await open(t, `${server.running.url}/#history`)
    await page.getByRole('row').filter({ hasText: 'gpt-4' }).getByRole('link').click()
    await page.getByRole('table', { name: /^Calls, over/ }).waitFor()
    t.equal(await page.getByText('<b>one</b>').first().isVisible(), false)
    const closed = page.getByText('Prompt and answer')
    t.ok((await closed.count()) > 3)
    await takePicture(page, 'calls')
    await closed.nth(1).click()
    await page
      .locator('details[open] dd')
      .filter({ hasText: /^\s*<b>(one|two|three)<\/b>/ })
      .first()
      .waitFor()
    t.strictSame(await brokenRules(page), [])
  })

  await t.test(
    'the steps that are loaded and the configuration that runs are shown, without secrets',
    async t => {
      const server = await serve(t, [answer('fine')], keyless)
      server.running.app.failedFiles.push({
        file: '/plugins/broken.js',
        error: new HulumanageError('plugin_failed', '/plugins/broken.js:3: <b>no</b>'),
      })
      const page = await open(t, `${server.running.url}/#steps`)
      await page.getByRole('region', { name: 'Files that did not load' }).getByText('<b>no</b>').waitFor()
      const bon = page.getByRole('region', { name: 'bon', exact: true })
      await bon.getByText(/params$/).click()
      await bon.getByRole('term').filter({ hasText: /^n$/ }).waitFor()
      await page.goto(`${server.running.url}/#configuration`)
      const key = page.getByRole('row', { name: 'providers[0].api_key' })
      await key.getByRole('cell', { name: '***' }).waitFor()
      t.notMatch(await page.content(), canaries.provider)
      await page.getByLabel('Filter').fill('timeouts.tot')
      await key.waitFor({ state: 'detached' })
      t.equal(await page.locator('tbody tr').count(), 1)
    },
  )

  await t.test('each view keeps the rules of accessibility, in light and dark', async t => {
    const server = await serve(t, [error(500), answer('fine')], keyless)
    const page = await open(t, server.running.url)
    await page.getByText('live', { exact: true }).waitFor()
    await server.client.ask({ model: 'gpt-4' })
    for (const view of views) {
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(`${server.running.url}/#${view}`)
      await page.locator('[aria-current=page]', { hasText: new RegExp(view, 'i') }).waitFor()
      t.equal((await page.title()).toLowerCase(), `${view} – hulumanage`)
      t.strictSame(await brokenRules(page), [], view)
      // The themes differ in colours alone.
      await page.emulateMedia({ colorScheme: 'dark' })
      t.strictSame(await brokenRules(page, ['color-contrast', 'link-in-text-block']), [], `${view}, dark`)
    }
  })
})
