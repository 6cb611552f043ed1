/** GET [base]/metadata (https://hl7.org/fhir/R4/http.html#capabilities): the table, in FHIR's words. */
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { offeredAt, type OperationLevel, type TypeRow } from '../server-table.ts'
import type { Interaction } from './interaction.ts'

export const capabilities: Interaction = async (context, request) => {
  const mode = request.query.find(([name]) => name === 'mode')?.[1]
  if (mode !== undefined && mode !== 'full') {
    throw refuse('parameter-invalid', 'mode takes "full": other views of the capabilities are not offered.')
  }
  return { status: 200, body: JSON.stringify(capabilityStatement(context)) }
}

/** Everything that is routed is promised and everything promised is routed: both are made from the table. */
export function capabilityStatement(context: Context): r4.CapabilityStatement {
  const { table } = context
  const operations = operationsAt(context, ['system'])
  return {
    ...(context.capabilityHead as unknown as r4.CapabilityStatement),
    date: instant(context.started),
    implementation: { description: `Homecare Exchange, table "${table.name}"`, url: context.base },
    rest: [
      {
        mode: 'server',
        documentation: `A transaction may have ${context.limits.bundleEntries} entries. A page of a search has ${context.limits.searchDefaultCount} rows unless _count asks for another number, and ${context.limits.searchMaxCount} at most.`,
        security: {
          cors: false,
          service: [
            {
              coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'OAuth' }],
              text: 'OAuth 2 client credentials: every request but this one carries a bearer token',
            },
          ],
          description:
            'A token says which role and which organisation (ODS code) the caller acts for; a caller sees what its organisation stands to.',
        },
        resource: context.exposedTypes.map((type) => resourceOf(context, type)),
        // R4 has no empty arrays.
        ...(table.system.transaction ? { interaction: [{ code: 'transaction' }] } : {}),
        ...(operations.length > 0 ? { operation: operations } : {}),
      },
    ],
  }
}

const operationsAt = (
  context: Context,
  levels: readonly OperationLevel[],
  type?: string,
): { name: string; definition: string }[] =>
  context.table.operations
    .filter((row) => row.levels.some((level) => levels.includes(level)) && (type === undefined || offeredAt(row, type)))
    .map(({ name, definition }) => ({ name, definition }))

function resourceOf(context: Context, type: string): r4.CapabilityStatementRestResource {
  const row = context.row(type) as TypeRow
  const operation = operationsAt(context, ['type', 'instance'], type)
  const searchParam = row.interactions['search-type']
    ? context.search.list(type).map(({ code, url, kind, documentation }) => ({
        name: code,
        definition: url,
        type: kind,
        ...(documentation ? { documentation } : {}),
      }))
    : []
  return {
    type: type as r4.CapabilityStatementRestResource['type'],
    ...(row.profile === undefined ? {} : { profile: row.profile }),
    ...(row.documentation === undefined ? {} : { documentation: row.documentation }),
    interaction: Object.keys(row.interactions).map((code) => ({ code: code as 'read' })),
    versioning: row.ifMatch === 'required' ? 'versioned-update' : 'versioned',
    readHistory: row.interactions['history-instance'] !== undefined,
    ...(row.interactions.update ? { updateCreate: false } : {}),
    ...(row.interactions.create ? { conditionalCreate: true } : {}),
    conditionalRead: 'not-match',
    ...(searchParam.length > 0 ? { searchParam } : {}),
    ...(operation.length > 0 ? { operation } : {}),
  }
}
