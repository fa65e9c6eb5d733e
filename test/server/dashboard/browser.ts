import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import type { Owner } from '../../fake-provider/ports.ts'

const program = process.env['HULUMANAGE_TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** The reason to skip tests in a browser; false if there is one. With `HULUMANAGE_TEST_CHROMIUM` set there must be. */
export const noChromium: string | false =
  process.env['HULUMANAGE_TEST_CHROMIUM'] !== undefined || existsSync(program)
    ? false
    : 'no chromium; install it with: apt-get install chromium'

/** Starts Chromium, without the services of its own that would use the network. */
export async function launchChromium(t: Owner): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  const quiet = ['quic', 'background-networking', 'component-update', 'sync', 'gpu']
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--no-first-run', ...quiet.map(name => `--disable-${name}`)],
  })
  t.teardown(() => browser.close())
  return browser
}

/** The rules of accessibility that a page breaks, each with the elements that break it. */
export async function brokenRules(page: Page): Promise<string[]> {
  // Run in the page rather than added to it, which its content security policy forbids.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const found: unknown = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`)
  return found as string[]
}
