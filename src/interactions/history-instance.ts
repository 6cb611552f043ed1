import { scopeOf } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { refuse } from '../fhir/problem.ts'
import { readVersions } from '../store/read.ts'
import type { Interaction } from './interaction.ts'

/** GET [base]/Type/id/_history (https://hl7.org/fhir/R4/http.html#history): every version, newest first. */
export const historyInstance: Interaction = async (context, request) => {
  const type = request.type ?? ''
  for (const [name] of request.query) {
    if (!['_format', '_pretty'].includes(name)) {
      throw refuse(
        'unknown-parameter',
        `The history of a resource is answered whole; "${name.slice(0, 40)}" is not known here.`,
      )
    }
  }
  const scope = scopeOf(context, request.caller, type)
  const versions = await readVersions(context.database.query, type, request.id ?? '', scope)
  if (versions.length === 0) throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  const fullUrl = `${context.base}/${type}/${request.id}`
  const entries = versions.map((stored) => {
    const created = stored.method === 'POST'
    const call = JSON.stringify({ method: stored.method, url: created ? type : `${type}/${stored.id}` })
    const answer = JSON.stringify({
      status: created ? '201 Created' : '200 OK',
      etag: `W/"${stored.version}"`,
      lastModified: instant(stored.tick),
    })
    return `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${stored.text},"request":${call},"response":${answer}}`
  })
  const self = JSON.stringify([{ relation: 'self', url: `${fullUrl}/_history` }])
  const head = `"resourceType":"Bundle","id":"${context.newId()}","meta":{"lastUpdated":"${instant(context.clock())}"}`
  return {
    status: 200,
    body: `{${head},"type":"history","total":${versions.length},"link":${self},"entry":[${entries.join(',')}]}`,
  }
}
