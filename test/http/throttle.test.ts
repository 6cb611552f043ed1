import t from 'tap'
import { createThrottle } from '../../src/http/throttle.ts'
import { readConfig } from '../../src/config.ts'
import { Problem } from '../../src/fhir/problem.ts'
import { shell } from './shell.ts'

const caller = (organization: string, client = 'a') => ({ role: 'provider' as const, organization, client })

t.test('a client that polls too fast is told when to come back, and nobody else notices', async (t) => {
  const { app, authorization, pass } = shell({ env: { POLL_LIMIT: '6' } })
  t.teardown(() => app.close())
  const provider = await authorization('provider', 'VN6XW')
  const other = await authorization('provider', 'VNE51')
  const poll = (headers: Record<string, string>) =>
    app.inject({ method: 'GET', url: '/fhir/Task?status=requested', headers })

  const first = await poll(provider)
  t.equal(first.statusCode, 200)
  t.equal(first.headers['ratelimit-policy'], '"poll";q=6;w=60', 'the rhythm is told')
  t.equal(first.headers['ratelimit'], '"poll";r=5;t=10', 'and what is left of it')
  for (let i = 0; i < 5; i++) t.equal((await poll(provider)).statusCode, 200)
  const refused = await poll(provider)
  t.equal(refused.statusCode, 429)
  t.equal(refused.json().issue[0].details.coding[0].code, 'polling-too-fast')
  t.equal(refused.json().issue[0].code, 'throttled')
  t.equal(refused.headers['retry-after'], '10')
  t.equal(refused.headers['ratelimit'], '"poll";r=0;t=10')

  t.equal((await poll(other)).statusCode, 200, 'another organisation polls as before')
  const read = await app.inject({ method: 'GET', url: '/fhir/Task/1', headers: provider })
  t.equal(read.statusCode, 200, 'its own reads are no polls')
  t.notOk(read.headers['ratelimit'])
  const write = await app.inject({
    method: 'PUT',
    url: '/fhir/Task/1',
    headers: { ...provider, 'content-type': 'application/fhir+json' },
    payload: '{}',
  })
  t.equal(write.statusCode, 200, 'nor are its writes')

  pass(9_999)
  t.equal((await poll(provider)).statusCode, 429)
  pass(1)
  t.equal((await poll(provider)).statusCode, 200, 'after the time that was told it may poll again')
  t.equal((await poll(provider)).statusCode, 429)
  pass(600_000)
  for (let i = 0; i < 6; i++) t.equal((await poll(provider)).statusCode, 200)
  t.equal((await poll(provider)).statusCode, 429, 'a long silence saves up no more than a minute')
})

t.test(
  'each client of an organisation has an allowance of its own, and a clock that jumps back takes none away',
  async (t) => {
    let now = 1_000_000
    const throttle = createThrottle({ polls: 1, requests: 0, clock: () => now })
    const polls = (organization: string, client?: string): boolean => {
      try {
        throttle.poll(caller(organization, client))
        return true
      } catch (error) {
        if (error instanceof Problem) return false
        throw error
      }
    }
    t.same([polls('A'), polls('A'), polls('A', 'b'), polls('B')], [true, false, true, true])
    now -= 500_000
    t.equal(polls('A'), false)
    now += 60_000
    t.equal(polls('A'), true)
    for (let i = 0; i < 10_001; i++) polls(`org ${i}`)
    t.equal(polls('A'), true, 'who has been quiet longest is forgotten, so that memory has a bound')
  },
)

t.test('polls are not limited in the sandbox unless that is asked for', async (t) => {
  t.equal(readConfig({}).pollLimit, 0)
  t.equal(readConfig({ POLL_LIMIT: '30' }).pollLimit, 30)
  const { app, authorization } = shell()
  t.teardown(() => app.close())
  const answer = await app.inject({ method: 'GET', url: '/fhir/Task', headers: await authorization('provider') })
  t.notOk(answer.headers['ratelimit-policy'])
})

t.test('more clients are not more rights: an organisation has four times the share of one of them', async (t) => {
  const throttle = createThrottle({ polls: 2, requests: 3, clock: () => 0 })
  const times = (work: () => void): number => {
    for (let count = 0; ; count++) {
      try {
        work()
      } catch (error) {
        t.equal((error as Problem).status, 429)
        return count
      }
    }
  }
  let client = 0
  t.equal(
    times(() => throttle.poll(caller('A', `${client++}`))),
    8,
  )
  t.equal(
    times(() => throttle.poll(caller('B', 'b'))),
    2,
    'another organisation polls as before',
  )
  t.equal(
    times(() => throttle.request(caller('A', 'a'))),
    3,
    'requests of other kinds are counted apart',
  )
  client = 0
  t.equal(
    times(() => throttle.request(caller('C', `${client++}`))),
    12,
  )
})

t.test('requests of all kinds are limited, but not what needs no token', async (t) => {
  const { app, authorization, pass } = shell({ env: { REQUEST_RATE: '2' } })
  t.teardown(() => app.close())
  const headers = await authorization('provider', 'VN6XW')
  const read = () => app.inject({ method: 'GET', url: '/fhir/Task/1', headers })
  t.same([(await read()).statusCode, (await read()).statusCode], [200, 200])
  const refused = await read()
  t.equal(refused.statusCode, 429)
  t.equal(refused.json().issue[0].details.coding[0].code, 'requests-too-fast')
  t.equal(refused.headers['retry-after'], '30')
  t.equal((await app.inject({ url: '/fhir/metadata' })).statusCode, 200)
  pass(30_000)
  t.equal((await read()).statusCode, 200)
  t.match(readConfig({}), { pollLimit: 0, requestRate: 0 })
})
