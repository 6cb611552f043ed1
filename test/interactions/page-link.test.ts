import { randomBytes } from 'node:crypto'
import t from 'tap'
import { Problem } from '../../src/fhir/problem.ts'
import { type PageLink, seal, unseal } from '../../src/interactions/page-link.ts'

const key = randomBytes(32)
const holder = { organization: 'RBA', role: 'trust' } as const
const link: PageLink = {
  type: 'Task',
  query: [
    ['patient:identifier', 'https://fhir.nhs.uk/Id/nhs-number|9999999999'],
    ['_sort', '-authored-on'],
  ],
  position: { values: [1_704_067_200_000, null, 'ä'], key: 12 },
}

const refused = (work: () => unknown): string => {
  try {
    work()
    return 'opened'
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return `${error.status} ${error.issues[0]?.key}`
  }
}
const REFUSED = '400 page-link-invalid'

t.test('a link opens for its holder, hides the query and differs each time', async (t) => {
  const text = seal(key, holder, link)
  t.same(unseal(key, holder, text), link)
  t.match(text, /^[A-Za-z0-9_-]+$/, 'URL-safe')
  t.notMatch(Buffer.from(text, 'base64url').toString('latin1'), /nhs|9999999999|Task|RBA/)
  t.not(seal(key, holder, link), text)
})

t.test('a link of another organisation, role or installation is refused', async (t) => {
  const text = seal(key, holder, link)
  t.equal(
    refused(() => unseal(key, { organization: 'RX1', role: 'trust' }, text)),
    REFUSED,
  )
  t.equal(
    refused(() => unseal(key, { organization: 'RBA', role: 'provider' }, text)),
    REFUSED,
  )
  t.equal(
    refused(() => unseal(randomBytes(32), holder, text)),
    REFUSED,
  )
})

t.test('a forged or damaged link is refused', async (t) => {
  const bytes = Buffer.from(seal(key, holder, link), 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const forged = Buffer.from(bytes)
    forged[index] = (forged[index] ?? 0) ^ 1
    if (refused(() => unseal(key, holder, forged.toString('base64url'))) !== REFUSED)
      t.fail(`byte ${index} may be changed`)
  }
  for (const text of [
    '',
    'x',
    '!!!',
    'A'.repeat(37),
    bytes.subarray(0, -1).toString('base64url'),
    JSON.stringify(link),
  ]) {
    t.equal(
      refused(() => unseal(key, holder, text)),
      REFUSED,
    )
  }
})
