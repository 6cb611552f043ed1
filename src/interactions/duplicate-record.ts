/**
 * A second record of the same person or organisation. FHIR lets it be created, but from then on every condition by the
 * identifier that both have (If-None-Exist, conditional references) is refused for matching more than one, and a record
 * that others refer to cannot be deleted. So who makes one without having asked is told at once.
 */
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { GMC, GPHC, NHS_NUMBER, NMC, ODS_ORGANISATION, ODS_SITE } from '../homecare/identifiers.ts'
import type { Query } from '../store/database.ts'
import type { Change, Facts, Foreseen } from '../store/operation.ts'
import { readOwnByToken } from '../store/read.ts'

/** What orders refer to, and senders look for by an identifier. */
const RECORDS: ReadonlySet<string> = new Set(['Patient', 'Practitioner', 'PractitionerRole', 'Organization'])

/** Systems of identifiers by which senders look for a record before any of their own. */
const NATIONAL: ReadonlySet<string> = new Set([NHS_NUMBER, GMC, GPHC, NMC, ODS_ORGANISATION, ODS_SITE])

/** Starts the read that the look for another record will need. */
export const foreseenDuplicate = ({ resource, createdBy }: Foreseen, query: Query): Promise<unknown>[] =>
  createdBy === undefined ? [] : [ownRecord(resource, createdBy, query)]

/**
 * A warning where the organisation of the caller keeps another record with the identifier of one that it creates without
 * a condition. What others keep of the same person is not told, and neither is the identifier.
 */
export async function duplicateRecord(change: Change, { query }: Facts): Promise<readonly Issue[]> {
  const { type, next, root, caller, unconditional } = change
  const id = unconditional ? await ownRecord(next, caller.organization, query) : undefined
  if (id === undefined) return []
  return [
    {
      key: 'record-duplicate',
      severity: 'warning',
      expression: `${root}.identifier`,
      diagnostics: `Your organisation keeps ${type}/${id} with the same identifier already: this is a second one, and a condition by that identifier (If-None-Exist, a conditional reference) now matches more than one and is refused. Refer to the one that is meant by its id, and delete the other while nothing refers to it. Next time create with If-None-Exist, or change the one that is there with PUT.`,
    },
  ]
}

/** The id of the record that an organisation keeps with the identifier of another. */
async function ownRecord(resource: Resource, organization: string, query: Query): Promise<string | undefined> {
  const { resourceType: type } = resource
  const identifier = RECORDS.has(type) ? identifierOf(resource) : undefined
  return identifier && readOwnByToken(query, `${type}.identifier`, identifier, organization)
}

/** What a record is looked for by: a national identifier, or else its first that says whose it is. */
function identifierOf(resource: Resource): { readonly system: string; readonly code: string } | undefined {
  const all = ((resource.identifier ?? []) as r4.Identifier[]).flatMap(({ system, value }) =>
    system === undefined || value === undefined ? [] : [{ system, code: value }],
  )
  return all.find(({ system }) => NATIONAL.has(system)) ?? all[0]
}
