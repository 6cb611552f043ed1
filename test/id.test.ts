import t from 'tap'
import { createIds } from '../src/id.ts'

t.test('ids are UUIDs of version 7 that rise with the time and never repeat', async (t) => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const newId = createIds(() => now)
  const ids = Array.from({ length: 2000 }, newId)
  t.equal(new Set(ids).size, ids.length, 'none twice, though all are of one millisecond')
  t.equal(new Set(ids.map((id) => id.slice(19))).size, ids.length, 'nor the random half of one')
  for (const id of ids)
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) t.fail(id)
  now += 1
  const later = newId()
  t.ok(ids.every((id) => id < later))
})
