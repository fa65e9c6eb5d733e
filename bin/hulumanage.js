#!/usr/bin/env node
// Plain JavaScript that Node 18 can parse. It finds a Node that can run the rest, which is TypeScript in a checkout.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants, homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The first releases of each line in which nobody can choose keys of JSON that collide in V8's tables (CVE-2026-21717): a request of
 * a megabyte of them would block the server for seconds. Later lines have always been so.
 */
const oldest = ['22.22.2', '24.14.1', '25.8.2']
const unsupportedRuntime = 78
const launchedBy = 'HULUMANAGE_LAUNCHER'

if (canRun(process.versions.node)) {
  endWithLauncher()
  const cache = compileCache()
  if (cache !== undefined) {
    module.enableCompileCache(cache)
    // For threads, which would otherwise compile all they load, and load what strips types: 190 ms and 29 MB for the ledger's.
    process.env.NODE_COMPILE_CACHE = cache
  }
  const { resolveSiblings } = await import('./resolve-siblings.js')
  resolveSiblings(entry())
  await import(entry())
} else {
  const pinned = process.env[launchedBy] ? undefined : pinnedNode()
  if (pinned) launch(pinned)
  else refuse(`this is Node ${process.versions.node}`)
}

/** @param {string} version */
function canRun(version) {
  const [major = 0, ...rest] = version.split('.').map(Number)
  const lines = oldest.map(text => text.split('.').map(Number))
  const [, ...first] = lines.find(line => line[0] === major) ?? []
  if (first.length === 0) return lines.every(([last = 0]) => major > last)
  const [minor = 0, patch = 0] = rest
  return minor > first[0] || (minor === first[0] && patch >= first[1])
}

/**
 * The folder of compiled code, which is run without a check: one that only this user may write to, unlike Node's own default
 * below the shared temporary folder. Undefined without one: code is then compiled at each start.
 */
function compileCache() {
  const { NODE_COMPILE_CACHE: chosen, XDG_CACHE_HOME: caches } = process.env
  if (chosen) return chosen
  const folder = join(caches || join(homedir(), '.cache'), 'hulumanage')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return isPrivate(statSync(folder)) ? folder : undefined
  } catch {
    return undefined
  }
}

/** @param {import('node:fs').Stats} folder */
function isPrivate({ uid, mode }) {
  // Windows has no modes; there, a home belongs to its user.
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

/** The sources in a checkout, the compiled files in a package. */
function entry() {
  const source = new URL('../src/cli/main.ts', import.meta.url)
  return existsSync(source) ? source.href : new URL('../src/cli/main.js', import.meta.url).href
}

/** The Node that `npm ci` installs in a checkout, if there is one for this platform. */
function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const target = `${platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  for (const name of [`node-${target}`, `node-bin-${target}`]) {
    try {
      const folder = require.resolve(`${name}/package.json`).slice(0, -'package.json'.length)
      const binary = `${folder}bin/node${platform === 'win' ? '.exe' : ''}`
      if (existsSync(binary)) return binary
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  return undefined
}

/**
 * Runs this file again under another Node and acts as a proxy for it: same streams, same signals, same exit. The channel
 * carries no messages; it closes when this process dies in any way, which is how the child notices.
 * @param {string} node
 */
function launch(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [launchedBy]: String(process.pid) },
  })
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', error => refuse(`${node} does not start (${error.message})`))
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name)
    if (signal) {
      // In case the signal does not end this process, such as process 1 of a container.
      process.exitCode = 128 + constants.signals[signal]
      process.kill(process.pid, signal)
    } else {
      process.exitCode = code
    }
  })
}

/** In a child of `launch`: ends, as on SIGTERM, when the launcher is gone. */
function endWithLauncher() {
  if (!process.env[launchedBy] || !process.channel) return
  delete process.env[launchedBy]
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

/** The supported versions in words, such as "Node 22 from 22.22.2, or 25.8.2 and later". */
function supported() {
  const lines = oldest.slice(0, -1).map(version => `${version.split('.')[0]} from ${version}`)
  return `Node ${lines.join(', ')}, or ${oldest.at(-1)} and later`
}

/** @param {string} why */
function refuse(why) {
  process.stderr.write(
    `hulumanage: ${why}, but ${supported()} is required: install it from https://nodejs.org, or run \`npm ci\` in a checkout\n`,
  )
  process.exitCode = unsupportedRuntime
}
