import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../machine.ts'
import { nginxCommand, proxyConfig } from './nginx.ts'
import type { Peer } from './peer.ts'

// Other people's servers, each with one worker and the settings that its manual gives for streams.

/** nginx as the proxy in front of the upstream. */
export const nginx: Peer = {
  name: 'nginx',
  missing: () => missingProgram('nginx', 'nginx-light'),
  command: ({ folder }) => nginxCommand(findProgram('nginx') ?? 'nginx', folder),
  files: ({ port, upstreamPort }) => ({ 'nginx.conf': proxyConfig(port, upstreamPort) }),
}

/** HAProxy in front of the upstream. */
export const haproxy: Peer = {
  name: 'haproxy',
  missing: () => missingProgram('haproxy', 'haproxy'),
  command: ({ folder }) => [findProgram('haproxy') ?? 'haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
  files: ({ port, upstreamPort }) => ({
    'haproxy.cfg': `global
  nbthread 1
  ulimit-n 20000
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  option http-no-delay
  http-reuse always
listen model
  bind 127.0.0.1:${port}
  server upstream 127.0.0.1:${upstreamPort}
`,
  }),
}

/** The folder to install Portkey's gateway in: we do not depend on it. */
const portkeyFolder = join(import.meta.dirname, '../../installed')
const portkeyProgram = join(portkeyFolder, 'node_modules/@portkey-ai/gateway/build/start-server.js')

/** Portkey's gateway, a router of models in JavaScript. */
export const portkey: Peer = {
  name: 'portkey',
  // Version 1.15.2 answers each stream with a 500 on Node 22 and 26: it changes headers that are immutable there.
  breaksStreams: true,
  missing: () =>
    existsSync(portkeyProgram)
      ? undefined
      : 'npm install --no-save --prefix bench/installed @portkey-ai/gateway@1.15.2',
  command: ({ port }) => [process.execPath, portkeyProgram, `--port=${port}`, '--headless'],
  // It refuses addresses on the own machine unless they are named.
  env: () => ({ TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' }),
  headers: ({ upstreamPort }) => ({
    authorization: 'Bearer bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  }),
}

function missingProgram(name: string, debianPackage: string): string | undefined {
  return findProgram(name) ? undefined : `apt-get install ${debianPackage}`
}
