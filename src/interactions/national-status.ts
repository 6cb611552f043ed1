/** GET Task/[id]/$national-status: the order as the national tracker takes it, a transaction Bundle of Tasks. */
import { parse } from '../store/read.ts'
import type { r4 } from '../fhir/resource.ts'
import { NHS_NUMBER, nhsNumberOf } from '../homecare/identifiers.ts'
import { NPPT, nationalStatus } from '../homecare/national-status.ts'
import { nationalOf } from '../homecare/national-reasons.ts'
import type { Interaction } from './interaction.ts'
import { factsNow, readSubject } from './next.ts'
import { itemsOf, resolve, suppliesOf } from './surroundings.ts'

export const nationalStatusOf: Interaction = async (context, request) => {
  const order = parse<r4.Task>(await readSubject(context, request))
  const facts = factsNow(context)
  const supplies = await suppliesOf(facts, order)
  const status = nationalStatus(order, supplies)
  const patient = (await resolve(facts, order.for?.reference)) as unknown as r4.Patient | undefined
  const nhsNumber = (patient && nhsNumberOf(patient)) ?? order.for?.identifier?.value
  const modified = [order, ...supplies]
    .flatMap(({ lastModified }) => lastModified ?? [])
    .sort()
    .at(-1)
  const why = nationalOf(
    context.reasonMaps[order.status === 'rejected' ? 'reason-to-return' : 'reason-to-not-dispensed'],
    status?.code === 'Not Dispensed' ? order.statusReason : undefined,
  )
  const items = status ? await itemsOf(facts, order) : []
  const entry = items.map(({ resource }): r4.BundleEntry => {
    const { system, value } = resource.identifier?.[0] ?? {}
    const id = context.newId()
    const task: r4.Task = {
      resourceType: 'Task',
      id,
      basedOn: [
        { identifier: { system: order.groupIdentifier?.system ?? '', value: order.groupIdentifier?.value ?? '' } },
      ],
      status: status?.status ?? 'in-progress',
      businessStatus: { coding: [{ system: NPPT, code: status?.code ?? '' }] },
      ...(why ? { statusReason: { coding: [why] } } : {}),
      intent: 'order',
      ...(system !== undefined && value !== undefined ? { focus: { identifier: { system, value } } } : {}),
      ...(nhsNumber === undefined ? {} : { for: { identifier: { system: NHS_NUMBER, value: nhsNumber } } }),
      ...(modified === undefined ? {} : { lastModified: modified }),
      ...(order.owner?.identifier ? { owner: { identifier: order.owner.identifier } } : {}),
    }
    return { fullUrl: `urn:uuid:${id}`, resource: task, request: { method: 'POST', url: 'Task' } }
  })
  const bundle: r4.Bundle = {
    resourceType: 'Bundle',
    id: context.newId(),
    type: 'transaction',
    // R4 has no empty arrays: before the provider has the order there is nothing to tell.
    ...(entry.length > 0 ? { entry } : {}),
  }
  return { status: 200, body: JSON.stringify(bundle) }
}
