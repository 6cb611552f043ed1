/**
 * What a request is for: `Purpose-Of-Use`, a code of http://terminology.hl7.org/ValueSet/v3-PurposeOfUse, TREAT for
 * example. BTG breaks the glass: it shows what is hidden from the role, demands a reason, and both go on record.
 */
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { refuse } from '../fhir/problem.ts'
import { breakingGlass } from '../interactions/confidentiality.ts'
import type { ServerTable } from '../server-table.ts'

const BREAK_GLASS = 'BTG'
/** Words, not a dot to get past the question. */
const REASON = /^[\x20-\x7e]{10,200}$/

/**
 * The caller for this purpose.
 * @throws Problem header-invalid, break-glass-reason-missing, role-forbidden
 */
export function forPurpose(table: ServerTable, request: FastifyRequest, caller: Caller): Caller {
  const { 'purpose-of-use': purpose, 'break-glass-reason': reason } = request.headers
  if (purpose !== undefined && codeOf(request) === '') {
    throw refuse('header-invalid', 'Purpose-Of-Use takes one code of v3 PurposeOfUse in capital letters, e.g. TREAT.')
  }
  if (purpose !== BREAK_GLASS) {
    if (reason === undefined) return caller
    throw refuse('header-invalid', 'Break-Glass-Reason goes with Purpose-Of-Use: BTG, and with nothing else.')
  }
  if (reasonOf(request) === '') {
    throw refuse(
      'break-glass-reason-missing',
      'Who breaks the glass says why: send Break-Glass-Reason with 10 to 200 characters. It goes on record, and no patient should be named in it.',
    )
  }
  return breakingGlass(table, caller)
}

/** As it goes on record: the code, and the reason behind it where the glass was broken; empty where none was given. */
export function purposeOf(request: FastifyRequest): string {
  const code = codeOf(request)
  return code === BREAK_GLASS ? `${code} ${reasonOf(request)}`.trim() : code
}

function codeOf({ headers }: FastifyRequest): string {
  const value = headers['purpose-of-use']
  return typeof value === 'string' && /^[A-Z]{2,16}$/.test(value) ? value : ''
}

function reasonOf({ headers }: FastifyRequest): string {
  const value = headers['break-glass-reason']
  return typeof value === 'string' && REASON.test(value.trim()) ? value.trim() : ''
}
