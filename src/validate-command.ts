/**
 * `homecare-exchange validate FILE...`: the checks of a write in a vendor's own pipeline, with no server and no
 * database. Exit code 0: nothing wrong; 1: errors were found; 2: a file or an argument cannot be used.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { readConfig } from './config.ts'
import { parseJson } from './fhir/json.ts'
import { positionOf } from './fhir/position.ts'
import { type Issue, isError, Problem, severityOf } from './fhir/problem.ts'
import { decodeBody } from './http/content-coding.ts'
import { inspectText } from './interactions/validate.ts'
import { createValidation, type Validation } from './validation.ts'

export const VALIDATE_USAGE = `Usage: homecare-exchange validate [--profile URL]... [--all] [--json] FILE...

Says everything that is wrong with FHIR resources or Bundles in JSON, by the rules by which the service accepts them.
FILE may be a folder (every .json and .ndjson below it), a .ndjson with a resource on each line, or - for standard input;
--all tells what is merely good to know as well. PACKAGES and SERVER_TABLE are read from the environment as by the service.
`

const colours = { fatal: 'red', error: 'red', warning: 'yellow', information: 'blue' } as const

/** What is to be validated: a whole file, or a line of one. */
interface Text {
  /** As it is told: the file, and the line where each line is a resource. */
  readonly name: string
  readonly file: string
  readonly bytes: Uint8Array
  /** Lines of the file before it. */
  readonly above: number
}

interface Wanted {
  readonly profile: readonly string[]
  readonly json: boolean
  readonly all: boolean
}

/** @returns the exit code */
export function validateCommand(args: readonly string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { profile: { type: 'string', multiple: true }, json: { type: 'boolean' }, all: { type: 'boolean' } },
    })
    if (positionals.length === 0) return unusable(VALIDATE_USAGE)
    const validation = createValidation(readConfig(process.env))
    const { profile = [], json = false, all = false } = values
    return Math.max(...positionals.map((file) => validateFile(validation, file, { profile, json, all })))
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

function unusable(words: string): number {
  process.stderr.write(words)
  return 2
}

function validateFile(validation: Validation, file: string, wanted: Wanted): number {
  let texts: readonly Text[]
  try {
    texts = filesIn(file).flatMap(textsIn)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return unusable(`${file}: ${code === 'ENOENT' ? 'there is no such file.' : message}\n`)
  }
  if (texts.length === 0) return unusable(`${file}: there is nothing in it to validate.\n`)
  return Math.max(...texts.map((text) => validateText(validation, text, wanted)))
}

/** A file itself; of a folder all that hold resources, in alphabetical order. */
function filesIn(file: string): string[] {
  if (file === '-' || !statSync(file).isDirectory()) return [file]
  return globSync('**/*.{json,ndjson}', { cwd: file })
    .toSorted()
    .map((name) => join(file, name))
}

function textsIn(file: string): Text[] {
  const bytes = readFileSync(file === '-' ? 0 : file)
  if (!file.endsWith('.ndjson')) return [{ name: file, file, bytes, above: 0 }]
  const lines: Text[] = []
  for (let start = 0, above = 0; start < bytes.length; above++) {
    const end = bytes.indexOf(10, start)
    const line = bytes.subarray(start, end === -1 ? bytes.length : end)
    if (line.toString().trim() !== '') lines.push({ name: `${file}:${above + 1}`, file, bytes: line, above })
    start = end === -1 ? bytes.length : end + 1
  }
  return lines
}

function validateText(validation: Validation, { name, file, bytes, above }: Text, { profile, json, all }: Wanted) {
  const { text, issues: found } = issuesOf(validation, bytes, profile)
  const issues = found.filter((issue) => all || severityOf(issue) !== 'information')
  const told = json
    ? `${JSON.stringify({ file: name, issues: issues.map((issue) => ({ severity: severityOf(issue), ...issue })) })}\n`
    : report({ name, file, above }, text, issues)
  process.stdout.write(told)
  return issues.some(isError) ? 1 : 0
}

function issuesOf(
  validation: Validation,
  bytes: Uint8Array,
  profiles: readonly string[],
): { readonly text: string; readonly issues: readonly Issue[] } {
  let text = ''
  try {
    text = decodeBody(bytes)
    return { text, issues: inspectText(validation, parseJson(text, validation.limits.jsonDepth), text, profiles) }
  } catch (error) {
    if (error instanceof Problem) return { text, issues: error.issues }
    throw error
  }
}

function report({ name, file, above }: Omit<Text, 'bytes'>, text: string, issues: readonly Issue[]): string {
  const paint = (format: Parameters<typeof styleText>[0], words: string): string =>
    styleText(format, words, { stream: process.stdout })
  if (issues.length === 0) return `${paint('green', 'ok')}  ${name}\n`
  const lines = issues.map((issue) => {
    const severity = severityOf(issue)
    const place = issue.expression === undefined ? undefined : positionOf(text, issue.expression)
    const where = place ? `${file}:${above + place.line}:${place.column}` : name
    return `${where}\n  ${paint(colours[severity], severity)} ${issue.key}  ${paint('bold', issue.expression ?? '')}\n  ${issue.diagnostics}\n`
  })
  const errors = issues.filter(isError).length
  const summary = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${issues.length - errors} other`
  return `${lines.join('')}${paint(errors > 0 ? 'red' : 'yellow', summary)}  ${name}\n`
}
