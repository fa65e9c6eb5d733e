import type { AttemptOptions } from './options.ts'
import { RelayedEvents } from './native-events.ts'

/** What a client that speaks the service's own API gets of a stream; undefined where it speaks another. */
export function relayedEvents({ provider, request, call }: AttemptOptions): RelayedEvents | undefined {
  const { translation, name } = provider
  if (!translation || !provider.relays(request, call.request.source)) return undefined
  return new RelayedEvents(translation.dialect, translation.relayed?.(name))
}

/** The same for a whole answer. */
export function relayedWhole(
  { provider, request, call }: AttemptOptions,
  bytes: Buffer,
): { readonly dialect: string; readonly bytes: Uint8Array } | undefined {
  const { translation, name } = provider
  if (!translation || !provider.relays(request, call.request.source)) return undefined
  const { dialect, relayed } = translation
  return { dialect, bytes: relayed ? Buffer.from(relayed(name)(bytes.toString('utf8'))) : bytes }
}
