/** What each interaction code of the server table does. */
import { capabilities } from './capabilities.ts'
import { changes } from './changes.ts'
import { create } from './create.ts'
import { historyInstance } from './history-instance.ts'
import type { Interactions } from './interaction.ts'
import { processMessage } from './process-message.ts'
import { read } from './read.ts'
import { searchType } from './search-type.ts'
import { transaction } from './transaction.ts'
import { update } from './update.ts'
import { validate } from './validate.ts'
import { vread } from './vread.ts'

export const interactions: Interactions = {
  capabilities,
  create,
  'history-instance': historyInstance,
  read,
  'search-type': searchType,
  transaction,
  update,
  vread,
  operations: { changes, 'process-message': processMessage, validate },
}
