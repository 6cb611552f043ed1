/** Readers of ours that can be asked alone, each with what must hold of it. They throw what they document, or nothing. */
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { stringifyExact } from '../../src/fhir/exact.ts'
import { parseJson } from '../../src/fhir/json.ts'
import { narrativeFault } from '../../src/fhir/narrative.ts'
import { Problem } from '../../src/fhir/problem.ts'
import { readScopes } from '../../src/fhir/smart-scope.ts'
import { readTar } from '../../src/generator/tar.ts'
import { chooseCoding } from '../../src/http/content-coding.ts'
import { mediaType } from '../../src/http/media-type.ts'
import { negotiate } from '../../src/http/negotiation.ts'
import { readPrefer } from '../../src/http/prefer.ts'
import { readPairs } from '../../src/http/query-text.ts'
import { names } from '../../src/interactions/etag.ts'
import { open, seal } from '../../src/interactions/sealed.ts'
import { tarOf } from '../tar.ts'
import { changed, headerValue, json, mangled, strangeJson, text } from './hostile-values.ts'

interface Parser<T> {
  readonly input: fc.Arbitrary<T>
  hold(value: T): void
}

const parser = <T>(input: fc.Arbitrary<T>, hold: (value: T) => void): Parser<T> => ({ input, hold })

/** @throws what is no refusal */
function refusedOr<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

const DEPTH = 64
const key = new Uint8Array(32).fill(7)
const jsonText = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  mangled(json.map((value) => JSON.stringify(value))),
  strangeJson,
  text,
)
const div =
  '<div xmlns="http://www.w3.org/1999/xhtml"><p>a <b>b</b><a href="#x" id="x">c</a><img src="data:image/png;base64,AA=="/></p></div>'
/** What a browser would run, however it is written. */
const RUNS =
  /<\s*(?:script|iframe|object|embed|form|svg|style|link|meta|base)\b|\son\w+\s*=|(?:href|src)\s*=\s*["']?\s*(?:javascript|vbscript)\s*:/i
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<script>',
        '<ScRiPt >',
        '<svg/onload=x>',
        '<a href="javascript:x">y</a>',
        '<a href="java&#10;script:x">y</a>',
        '<p onclick="x">y</p>',
        '<p>',
        '</p>',
        '<!--',
        '-->',
        '<![CDATA[',
        '&nbsp;',
        '<?x?>',
        '<img src=x onerror=x>',
        "<a href='&#x6A;avascript:x'>y</a>",
        '<div xmlns="http://www.w3.org/1999/xhtml">',
        '</div>',
        '<style>',
        '<iframe src="x"></iframe>',
      ),
      text,
    ),
    { maxLength: 8 },
  )
  .map((all) => `<div xmlns="http://www.w3.org/1999/xhtml">${all.join('')}</div>`)

const archive = tarOf([
  { name: 'package/package.json', content: '{"name":"x","fhirVersions":["4.0.1"]}' },
  { name: 'package/a.json', content: '{"resourceType":"ValueSet"}' },
])
const brokenArchive = fc
  .array(fc.tuple(fc.nat({ max: archive.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 })
  .map((changes) => {
    const bytes = Buffer.from(archive)
    for (const [at, byte] of changes) bytes[at] = byte
    return bytes
  })

export const parsers = {
  'JSON text': parser(jsonText, (body) => {
    const value = refusedOr(() => parseJson(body, DEPTH))
    if (value === undefined) return
    assert(stringifyExact(value).length > 0, 'what was read can be written')
    assert(JSON.stringify(value) === JSON.stringify(JSON.parse(body)), 'it is read as by everybody else')
  }),
  'pairs of a query': parser(fc.oneof(text, mangled(fc.constant('a=b&c=d%20e&_sort=-x'))), (query) => {
    refusedOr(() => readPairs(query))
  }),
  'content negotiation': parser(headerValue, (value) => {
    refusedOr(() => negotiate(value, []))
    refusedOr(() => negotiate(undefined, [value]))
    refusedOr(() => chooseCoding(value))
    refusedOr(() => mediaType(value))
  }),
  'Prefer and If-None-Match': parser(headerValue, (value) => {
    refusedOr(() => readPrefer(value))
    names(value, 'W/"1"')
  }),
  scopes: parser(text, (value) => {
    for (const scope of readScopes(`system/Task.rs ${value}`))
      assert(/^[cruds]+$/.test(scope.permissions), 'a permission is one of cruds')
  }),
  'sealed texts': parser(fc.tuple(text, mangled(text)), ([content, forged]) => {
    assert(open(key, 'a', forged) === undefined, 'nobody forges a seal')
    const sealed = seal(key, 'a', content.toWellFormed())
    assert(
      open(key, 'a', sealed) === content.toWellFormed() && open(key, 'b', sealed) === undefined,
      'a seal is for one use',
    )
  }),
  narratives: parser(fc.oneof(mangled(fc.constant(div)), markup, text), (value) => {
    if (narrativeFault(value, {}) !== undefined) return
    const shown = value.replaceAll(/<!--[^]*?-->/g, '')
    assert(!RUNS.test(shown), 'a narrative that is accepted runs nothing')
  }),
  'package archives': parser(
    fc.oneof(
      brokenArchive,
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
      fc.constant(gzipSync(archive)),
    ),
    (bytes) => {
      let files: readonly { readonly name: string }[]
      try {
        files = readTar(bytes)
      } catch (error) {
        assert(
          error instanceof Error && error.message.length > 0 && !(error instanceof RangeError),
          'a broken archive is refused in words',
        )
        return
      }
      for (const { name } of files)
        assert(!name.startsWith('/') && !name.split('/').includes('..'), 'no file leaves its folder')
    },
  ),
  'changed values': parser(changed([{ resourceType: 'Patient', name: [{ family: 'x' }] }]), (value) => {
    const body = JSON.stringify(value)
    if (body !== undefined) refusedOr(() => parseJson(body, DEPTH))
  }),
}
