/** What a person sees who starts the service: where it is, what it serves, and what to paste next. */
import { callerRoles } from './caller.ts'
import { type Config, fhirBase, origin } from './config.ts'
import { withoutPassword } from './store/open.ts'

/**
 * @param config with the port that is really listened on
 * @param types the resource types that are exposed
 */
export function banner(config: Config, types: readonly string[]): string {
  const here = origin(config)
  const base = fhirBase(config)
  if (config.auth === 'oauth') return oauthBanner(config, types)
  const form = 'grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=provider&organization=VN6XW'
  return `
Homecare Exchange is listening on ${here}

  FHIR R4    ${base}   (what it promises: ${base}/metadata)
  to read    ${here}/docs
  serves     ${types.length > 20 ? `${types.length} resource types` : wrap(types)}
  database   ${withoutPassword(config.databaseUrl)}
  sandbox    anybody on this machine can have a token for any role and organisation; test data only

Paste this to get a token and ask for a provider's work:

  TOKEN=$(curl -s '${here}/oauth2/token' -d '${form}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s '${base}/Task?status=requested&_pretty=true' -H "Authorization: Bearer $TOKEN"

Roles are ${callerRoles.join(', ')}. Ctrl-C stops the service.

`
}

function oauthBanner(config: Config, types: readonly string[]): string {
  const base = fhirBase(config)
  return `
Homecare Exchange is listening on ${origin(config)}

  FHIR R4    ${base}   (what it promises: ${base}/metadata)
  serves     ${types.length > 20 ? `${types.length} resource types` : wrap(types)}
  database   ${withoutPassword(config.databaseUrl)}
  tokens     ${base}/.well-known/smart-configuration says where they come from

`
}

/** Lines of at most 100 characters, indented like the column they stand in. */
function wrap(words: readonly string[]): string {
  const lines = ['']
  for (const word of words) {
    const line = lines.at(-1)!
    if (line.length + word.length > 90) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line}, ${word}`
  }
  return lines.join(',\n             ')
}
