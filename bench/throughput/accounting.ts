import { readFileSync } from 'node:fs'
import { BenchFailure } from './failure.ts'

// Linux counts processor time in ticks of 10 ms for every user program, whatever the kernel's own clock.
const ticksPerSecond = 100

/** Seconds of processor time, user and system, from the text of a `/proc/PID/stat`. */
export interface ProcessTimes {
  /** Of the process with all its threads, those that have ended included. */
  readonly own: number
  /** Of its children that have ended and were waited for. */
  readonly reaped: number
}

export function readProcessTimes(stat: string): ProcessTimes {
  // The name in parentheses may hold spaces. Behind it, the times are the 12th to 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (index: number) => Number(fields[index]) / ticksPerSecond
  return { own: seconds(11) + seconds(12), reaped: seconds(13) + seconds(14) }
}

/** Seconds since the start of the machine that a core was busy, or idle. */
export interface CoreTimes {
  readonly busy: number
  readonly idle: number
}

/** The times of some cores together, from the text of `/proc/stat`. */
export function readCoreTimes(stat: string, cores: readonly number[]): CoreTimes {
  let busy = 0
  let idle = 0
  for (const core of cores) {
    const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(stat)?.[1]
    if (line === undefined) throw new RangeError(`/proc/stat has no core ${core}`)
    const [user = 0, nice = 0, system = 0, idling = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0] =
      line.trim().split(/ +/).map(Number)
    busy += user + nice + system + interrupts + soft + stolen
    idle += idling + waiting
  }
  return { busy: busy / ticksPerSecond, idle: idle / ticksPerSecond }
}

/** Seconds of processor time that a process and its living descendants have used. */
export function processorSeconds(pid: number): number {
  return sumOverFamily(pid, 'stat', stat => readProcessTimes(stat).own)
}

/** Seconds of processor time of a process and of each living descendant, by process id. */
export function familySeconds(pid: number): Map<number, number> {
  const family = [pid, ...descendantsOf(pid)].flatMap(member => {
    const stat = readOf(member, 'stat')
    return stat === undefined ? [] : [[member, readProcessTimes(stat).own] as const]
  })
  return new Map(family)
}

/** Seconds of processor time of all children of this process that have ended. */
export function reapedSeconds(): number {
  return readProcessTimes(readFileSync('/proc/self/stat', 'utf8')).reaped
}

/** Seconds since the start of the machine that some cores were busy, or idle. */
export function coreTimes(cores: readonly number[]): CoreTimes {
  return readCoreTimes(readFileSync('/proc/stat', 'utf8'), cores)
}

/** Resident memory of a process and its living descendants, in MiB. */
export function residentMiB(pid: number): number {
  return sumOverFamily(pid, 'status', status => {
    const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(status) ?? []
    return Number(kibibytes) / 1024
  })
}

/** Throws a `BenchFailure` if the process itself has ended; descendants come and go. */
function sumOverFamily(pid: number, file: string, figure: (text: string) => number): number {
  const own = readOf(pid, file)
  if (own === undefined) throw new BenchFailure(`the server with the process id ${pid} has ended`)
  let sum = figure(own)
  for (const descendant of descendantsOf(pid)) {
    const text = readOf(descendant, file)
    if (text !== undefined) sum += figure(text)
  }
  return sum
}

function descendantsOf(pid: number): number[] {
  const children = (readOf(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)
  return children.flatMap(child => [child, ...descendantsOf(child)])
}

/** The text of a file of a process; undefined if the process has ended. */
function readOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
