/** A call or a result of a history, or the user, who speaks between them. */
export interface Entry {
  readonly by: 'call' | 'result' | 'user'
  /** The id under which a call and its result belong together; undefined if it is missing. */
  readonly id?: string | undefined
  /** An id of the entry itself, by which the other side may name it. */
  readonly own?: string | undefined
}

/** An entry whose id may still be missing. */
interface Place {
  readonly at: number
  readonly own: string | undefined
  id: string | undefined
}

interface Round {
  readonly calls: Place[]
  readonly results: Place[]
}

/**
 * The id of each entry; users have none. An id that is given stays, so that its result and its call belong together. In each
 * round, results without id take the calls that no result names, in their order, and so do results that name no call of the
 * history take calls without id, if there are enough for all. The same history always gets the same ids.
 */
export function pairedIds(entries: readonly Entry[]): readonly string[] {
  const named = { call: idsOf(entries, 'call'), result: idsOf(entries, 'result') }
  const places = entries.map(({ by, id, own }, at): Place => {
    const others = by === 'call' ? named.result : named.call
    return { at, own, id: id ?? (own !== undefined && others.has(own) ? own : undefined) }
  })
  const calls = new Set(places.flatMap(({ id, at }) => (entries[at]!.by === 'call' && id ? [id] : [])))
  const newId = idsBeside(new Set([...named.call, ...named.result]))
  for (const round of roundsOf(entries, places)) pairRound(round, calls, newId)
  return places.map(({ id }) => id ?? '')
}

function idsOf(entries: readonly Entry[], side: Entry['by']): ReadonlySet<string> {
  return new Set(entries.flatMap(({ by, id }) => (by === side && id !== undefined ? [id] : [])))
}

/** The rounds of a history. A call begins the next one if a result or words of the user are before it. */
function roundsOf(entries: readonly Entry[], places: readonly Place[]): readonly Round[] {
  const rounds: Round[] = []
  let isOver = true
  for (const place of places) {
    const { by } = entries[place.at]!
    if (rounds.length === 0 || (by === 'call' && isOver)) rounds.push({ calls: [], results: [] })
    isOver = by !== 'call'
    if (by !== 'user') rounds.at(-1)![by === 'call' ? 'calls' : 'results'].push(place)
  }
  return rounds
}

function pairRound({ calls, results }: Round, known: ReadonlySet<string>, newId: NewId): void {
  const named = new Set(results.map(({ id }) => id))
  const bare = calls.filter(({ id }) => id === undefined)
  const open = calls.filter(({ id }) => id !== undefined && !named.has(id))
  const nameless = results.filter(({ id }) => id === undefined)
  const strays = results.filter(({ id }) => id !== undefined && !known.has(id))
  const fits = strays.length <= bare.length && strays.length + nameless.length <= bare.length + open.length
  let kept = fits ? strays.length : 0
  let [nextBare, nextOpen] = [0, 0]
  for (const result of results) {
    const [first, second] = [bare[nextBare], open[nextOpen]]
    if (result.id === undefined) {
      // As many calls without id are kept as there are results that can only belong to such a call.
      const isFree = first && bare.length - nextBare > kept
      const call = isFree && (!second || first.at < second.at) ? first : second
      if (call && call === first) nextBare++
      else nextOpen++
      if (call) call.id ??= newId(call.own)
      result.id = call?.id ?? newId()
    } else if (fits && first && !known.has(result.id)) {
      first.id = result.id
      nextBare++
      kept--
    }
  }
  for (const call of bare) call.id ??= newId(call.own)
}

type NewId = (wish?: string) => string

/** Makes ids that no call or result has: the wish if there is one, or the next of a series. */
function idsBeside(taken: Set<string>): NewId {
  let count = 0
  return wish => {
    let id = wish
    while (id === undefined || taken.has(id)) id = `call_unnamed_${++count}`
    taken.add(id)
    return id
  }
}
