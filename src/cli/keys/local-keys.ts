import { pino } from 'pino'
import { chainCheck } from '../../chain/plan/chain-check.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { ClientKeeper } from '../../server/access/clients/client-keeper.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'
import type { KeyService } from './key-service.ts'

/** The clients in the ledger of a configuration. Servers that use it learn of a change within seconds. */
export function localKeys(flags: FlagValues): KeyService {
  const loaded = readConfig(flags)
  const { config } = loaded
  const log = pino({ level: 'silent' })
  const keep = async <T>(
    work: (keeper: ClientKeeper) => Promise<T>,
    checkChain: (chain: string) => void = () => {},
  ): Promise<T> =>
    await withLedger(
      flags,
      ledger => work(new ClientKeeper({ ledger, config, checkChain, mayLeaveNoOperator: true })),
      'clients',
    )
  return {
    list: async () => await keep(keeper => keeper.list()),
    create: async fields => {
      if (!('chains' in fields)) return await keep(keeper => keeper.create(fields))
      return await withSteps({ loaded, log }, async ({ steps, currentConfig }) =>
        keep(keeper => keeper.create(fields), chainCheck(steps, currentConfig.value)),
      )
    },
    rotate: async (name, fields) => await keep(keeper => keeper.rotate(name, fields)),
    revoke: async name => await keep(keeper => keeper.revoke(name)),
  }
}
