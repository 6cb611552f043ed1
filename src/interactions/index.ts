/** What each interaction code of the server table does. */
import { readAuditEvent, searchAuditEvents } from './audit-event.ts'
import { bundleOf } from './bundle.ts'
import { capabilities } from './capabilities.ts'
import { changes } from './changes.ts'
import { create } from './create.ts'
import { deleteResource } from './delete.ts'
import { historyInstance } from './history-instance.ts'
import { historySystem } from './history-system.ts'
import { historyType } from './history-type.ts'
import type { Interaction, Interactions } from './interaction.ts'
import { nationalStatusOf } from './national-status.ts'
import { next } from './next.ts'
import { patch } from './patch.ts'
import { prescriptionOrderResponse } from './prescription-order-response.ts'
import { processMessage } from './process-message.ts'
import { providerExit } from './provider-exit.ts'
import { read } from './read.ts'
import { searchSystem } from './search-system.ts'
import { remaining } from './remaining.ts'
import { reportDelivery } from './report-delivery.ts'
import { statistics } from './statistics.ts'
import { searchType } from './search-type.ts'
import { timeline } from './timeline.ts'
import { update } from './update.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'
import { vread } from './vread.ts'

/** The audit log is kept apart from resources, and read in its own way. */
const bySource =
  (stored: Interaction, audit: Interaction): Interaction =>
  (context, request) =>
    (context.row(request.type ?? '')?.source === 'audit' ? audit : stored)(context, request)

const single: Interactions = {
  capabilities,
  create,
  delete: deleteResource,
  'history-instance': historyInstance,
  'history-system': historySystem,
  'history-type': historyType,
  patch,
  read: bySource(read, readAuditEvent),
  'search-system': searchSystem,
  'search-type': bySource(searchType, searchAuditEvents),
  update,
  vread,
  operations: {
    changes,
    next,
    'national-status': nationalStatusOf,
    'prescription-order-response': prescriptionOrderResponse,
    'process-message': processMessage,
    'provider-exit': providerExit,
    remaining,
    'report-delivery': reportDelivery,
    statistics,
    timeline,
    validate,
    verify,
  },
}

const bundle = bundleOf(single)

export const interactions: Interactions = { ...single, batch: bundle, transaction: bundle }
