import fc from 'fast-check'
import t from 'tap'
import {
  isGmcNumber,
  isGphcNumber,
  isNhsNumber,
  isNmcPin,
  mod37Check,
  odsCode,
  orderNumberFault,
} from '../../src/homecare/identifiers.ts'

t.test('published NHS numbers pass, and every single mistyped digit of them is found', async (t) => {
  for (const number of ['9453740519', '9449304130', '9446368138', '9990548609']) {
    t.ok(isNhsNumber(number), number)
    for (let i = 0; i < 10; i++) {
      const wrong = `${number.slice(0, i)}${(Number(number[i]) + 1) % 10}${number.slice(i + 1)}`
      t.notOk(isNhsNumber(wrong), wrong)
    }
  }
  for (const text of ['', '944930413', '94493041300', '944 930 4130', '９449304130']) t.notOk(isNhsNumber(text), text)
})

t.test('published prescription numbers pass; a mistyped or exchanged character is found', async (t) => {
  for (const number of ['C2782B-A99968-4E4E9Z', '0EB38D-A99968-424EAR', '40E709-A99968-280C0X']) {
    t.equal(orderNumberFault(number), undefined, number)
    t.equal(mod37Check(number.slice(0, -1)), number.at(-1))
    for (let i = 0; i < 19; i++) {
      const [a, b] = [number[i], number[i + 1]]
      if (a === '-' || b === '-') continue
      const other = a === '1' ? '2' : '1'
      if (a !== other) t.ok(orderNumberFault(number.slice(0, i) + other + number.slice(i + 1)), `character ${i}`)
      if (a !== b) t.ok(orderNumberFault(number.slice(0, i) + b + a + number.slice(i + 2)), `exchanged ${i}`)
    }
  }
})

t.test('the form of a prescription number is told from its check character', async (t) => {
  t.equal(orderNumberFault('DC2C66-A1B2C3-23407B'), 'check')
  for (const text of [
    'DC2C66A1B2C323407Z',
    'dc2c66-a1b2c3-23407z',
    'GC2C66-A1B2C3-23407Z',
    '',
    'DC2C66-A1B2C3-23407Z ',
  ]) {
    t.equal(orderNumberFault(text), 'form', text)
  }
})

t.test('registers: numbers and PINs by form', async (t) => {
  t.ok(isGmcNumber('6150129'))
  t.ok(isGmcNumber('C6150129'), 'as a consultant code')
  for (const text of ['615012', '61501290', 'D6150129', '']) t.notOk(isGmcNumber(text), text)
  t.ok(isGphcNumber('2012345'))
  t.notOk(isGphcNumber('201234'))
  t.ok(isNmcPin('12A3456E'))
  t.ok(isNmcPin('12a3456e'))
  for (const text of ['1234567', '12A3456', 'AA2A3456E']) t.notOk(isNmcPin(text), text)
})

t.test('ODS codes: letters and digits', async (t) => {
  t.equal(odsCode(' vn6xw '), 'VN6XW')
  for (const text of ['', 'R', 'R-B-A', 'VN6XWVN6XWVN6']) t.equal(odsCode(text), undefined, text)
})

t.test('forms read character by character are those of their regular expressions', async (t) => {
  const valid = ['9453740519', 'RBA', 'RBA01', 'C6150129', '2012345', 'C2782B-A99968-4E4E9Z', '0EB38D-A99968-424EA+']
  const character = fc.constantFrom(...'0189AFGZafz-+ /:@[`٩')
  const slip = fc.tuple(fc.constantFrom(...valid), fc.nat(20), fc.constantFrom(0, 1), fc.string({ unit: character }))
  const text = slip.map(([one, at, cut, put]) => one.slice(0, at) + put.slice(0, 3) + one.slice(at + cut))
  const ods = /^[A-Z0-9]{3,12}$/
  const order = /^[0-9A-F]{6}-[0-9A-Z]{6}-[0-9A-F]{5}[0-9A-Z+]$/
  let sound = 0
  fc.assert(
    fc.property(text, (one) => {
      const upper = one.trim().toUpperCase()
      t.equal(odsCode(one), ods.test(upper) ? upper : undefined, one)
      t.equal(isGmcNumber(one), /^C?\d{7}$/.test(one), one)
      t.equal(isGphcNumber(one), /^\d{7}$/.test(one), one)
      if (isNhsNumber(one)) t.match(one, /^\d{10}$/)
      const right = order.test(one) && mod37Check(one.slice(0, -1)) === one.at(-1)
      t.equal(orderNumberFault(one), right ? undefined : order.test(one) ? 'check' : 'form', one)
      if (order.test(one) || ods.test(one)) sound++
    }),
    { seed: 7, numRuns: 600 },
  )
  t.ok(sound > 60, `${sound} have the right form`)
})
