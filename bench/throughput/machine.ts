import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { delimiter, join } from 'node:path'
import { BenchFailure } from './failure.ts'
import type { Options } from './options.ts'

const needed = { wrk: 'wrk', nginx: 'nginx-light', taskset: 'util-linux' }

/** Where the measurement was made and with what. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly kernel: string
  readonly node: string
  readonly wrk: string
  readonly nginx: string
  readonly fastify: string
  readonly undici: string
}

/** Throws a `BenchFailure` that says what to install if this machine cannot run the benchmark. */
export function requireMachine({ serverCore, loadCores }: Options): void {
  if (process.platform !== 'linux') {
    throw new BenchFailure('The benchmark runs on Linux only: it pins processes to cores and reads /proc.')
  }
  const missing = Object.entries(needed).filter(([program]) => !findProgram(program))
  if (missing.length > 0) {
    const names = missing.map(([program]) => program).join(', ')
    const packages = missing.map(([, name]) => name).join(' ')
    throw new BenchFailure(`The benchmark needs ${names}: apt-get install ${packages}`)
  }
  const highest = Math.max(serverCore, ...loadCores)
  if (highest >= cpus().length) {
    throw new BenchFailure(
      `Core ${highest} is not there: this machine has ${cpus().length}, and two are needed`,
    )
  }
}

/** Keeps this process, and with it all that it starts without a core of its own, off the server's core. */
export function pinItself(cores: readonly number[]): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores.join(','), String(process.pid)], { stdio: 'ignore' })
}

/** The path of a program; servers may be installed where only root looks for them. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map(folder => join(folder, name)).find(path => existsSync(path))
}

export function describeMachine(): Machine {
  const root = join(import.meta.dirname, '../..')
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    wrk: versionOf('wrk', /^wrk (\S+)/m),
    nginx: versionOf('nginx', /nginx\/(\S+)/),
    fastify: dependencies['fastify'] ?? 'unknown',
    undici: dependencies['undici'] ?? 'unknown',
  }
}

/** The commit of a checkout, marked when files were changed since; undefined outside of a repository. */
export function commitOf(checkout: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', checkout, 'describe', '--always', '--dirty'], {
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : undefined
}

function versionOf(program: string, pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(findProgram(program) ?? program, ['-v'], { encoding: 'utf8' })
  return pattern.exec(stdout + stderr)?.[1] ?? 'unknown'
}
