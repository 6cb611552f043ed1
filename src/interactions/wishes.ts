/** What a PUT wishes, from a single request or a Bundle entry alike: a single request is a Bundle of one. */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Draft, IfMatch, Operation } from '../store/operation.ts'
import { mayDo } from './permission.ts'

interface Update {
  readonly draft: Draft
  readonly root: string
  /** Absent when the resource's id names it. */
  readonly match: SearchQuery | undefined
  readonly ifMatch: IfMatch | undefined
  readonly ifNone: IfMatch | undefined
  readonly fullUrl?: string | undefined
}

/** An update, and under which id it may create what is not there. */
export function updateOf(context: Context, caller: Caller, update: Update): Operation {
  const { draft, root, match, ifMatch, ifNone, fullUrl } = update
  const { resourceType, id } = draft.resource
  const row = context.row(resourceType)
  const createAs = id === undefined ? context.newId() : row?.updateCreate ? id : undefined
  return {
    kind: 'update',
    id: id ?? '',
    root,
    draft,
    ifMatchRequired: row?.ifMatch === 'required',
    ...(match ? { match } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNone === undefined ? {} : { ifNone }),
    ...(createAs !== undefined && mayDo(row, caller, 'create') ? { createAs } : {}),
    ...(fullUrl === undefined ? {} : { fullUrl }),
  }
}
