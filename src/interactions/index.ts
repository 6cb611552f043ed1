/** What each interaction code of the server table does. */
import { bundleOf } from './bundle.ts'
import { capabilities } from './capabilities.ts'
import { changes } from './changes.ts'
import { create } from './create.ts'
import { deleteResource } from './delete.ts'
import { historyInstance } from './history-instance.ts'
import { historySystem } from './history-system.ts'
import { historyType } from './history-type.ts'
import type { Interactions } from './interaction.ts'
import { nationalStatusOf } from './national-status.ts'
import { next } from './next.ts'
import { patch } from './patch.ts'
import { processMessage } from './process-message.ts'
import { providerExit } from './provider-exit.ts'
import { read } from './read.ts'
import { searchSystem } from './search-system.ts'
import { remaining } from './remaining.ts'
import { searchType } from './search-type.ts'
import { timeline } from './timeline.ts'
import { update } from './update.ts'
import { validate } from './validate.ts'
import { vread } from './vread.ts'

const single: Interactions = {
  capabilities,
  create,
  delete: deleteResource,
  'history-instance': historyInstance,
  'history-system': historySystem,
  'history-type': historyType,
  patch,
  read,
  'search-system': searchSystem,
  'search-type': searchType,
  update,
  vread,
  operations: {
    changes,
    next,
    'national-status': nationalStatusOf,
    'process-message': processMessage,
    'provider-exit': providerExit,
    remaining,
    timeline,
    validate,
  },
}

const bundle = bundleOf(single)

export const interactions: Interactions = { ...single, batch: bundle, transaction: bundle }
