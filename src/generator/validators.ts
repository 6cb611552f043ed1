/**
 * `node src/generator/validators.ts [--check]`: has ajv write its validators of all schemas of ours to
 * `generated/validators.cjs`, so that the service starts without loading ajv and compiling them.
 */
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { isConfig } from '../config.ts'
import { isExchangeFile } from '../exchanges/exchange-file.ts'
import { ajvOptions, digestOf, type Form } from '../fhir/table-schema.ts'
import { isLifecycleTable } from '../homecare/lifecycle-load.ts'
import { isPolicyTable } from '../homecare/policy.ts'
import { isMedicinesTable, isRulesTable } from '../homecare/rules.ts'
import { isStatisticsTable } from '../homecare/statistics.ts'
import { isSandboxGrant } from '../http/sandbox-token.ts'
import { isClientsFile } from '../identity/clients.ts'
import { isIssuersFile } from '../identity/issuers.ts'
import { isServerTable } from '../server-table.ts'
import { keepCurrent } from './keep-current.ts'

/** Every schema of ours, by the name its validator has in a stack. */
export const forms: Readonly<Record<string, Form<unknown>>> = {
  isConfig,
  isServerTable,
  isLifecycleTable,
  isPolicyTable,
  isRulesTable,
  isMedicinesTable,
  isStatisticsTable,
  isClientsFile,
  isIssuersFile,
  isExchangeFile,
  isSandboxGrant,
}

/** Ajv's text of one validator, as a function that makes it: what is not asked for costs no more than its text. */
function makerOf([name, { schema, options }]: readonly [string, Form<unknown>]): string {
  const ajv = new Ajv({ ...ajvOptions, ...options, code: { source: true, lines: true } })
  const code = standalone.default(ajv, ajv.compile(schema))
  return `exports["${digestOf(schema, options)}"] = function ${name}() {\nconst module = {};\n${code}\nreturn module.exports;\n};\n`
}

if (import.meta.main) {
  const note = '// Written by ajv for `npm run generated` (src/generator/validators.ts); do not edit by hand.\n'
  keepCurrent('generated/validators.cjs', note + Object.entries(forms).map(makerOf).join(''))
}
