/** Whether a resource may be deleted: work that others have seen is ended with a reason, and never made to vanish. */
import { refuse } from '../fhir/problem.ts'
import type { Removal } from '../store/operation.ts'
import type { RulesOptions } from './rules-options.ts'

/** @throws Problem deletion-not-allowed when the type's row names states for it and this is none of them */
export function mayDelete(options: RulesOptions, { type, root, current }: Removal): void {
  const deletable = options.row(type)?.deletable
  const { status } = current.resource
  if (!deletable || (typeof status === 'string' && deletable.status.includes(status))) return
  throw refuse(
    'deletion-not-allowed',
    `A ${type} is deleted only in status ${deletable.status.join(' or ')}, and this one is ${String(status)}. ${deletable.instead}`,
    `${root}.status`,
  )
}
