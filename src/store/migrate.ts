/**
 * Numbered migrations, applied in order in one transaction: a start that fails half way leaves nothing. A database
 * with a newer schema than this build knows is refused: an older node must not write into it.
 */
import type { Database, Query } from './database.ts'

/** Statements of each migration; number = position + 1. A published migration never changes. */
export const migrations: readonly (readonly string[])[] = [
  [
    // The one-row clock (DESIGN section 5): whoever holds it is in the lane. `seq` is the last event number.
    'CREATE TABLE clock (id INTEGER PRIMARY KEY, tick BIGINT NOT NULL, seq BIGINT NOT NULL)',
    'INSERT INTO clock (id, tick, seq) VALUES (1, 0, 0)',
    // `key` is the event number of the resource's first version: narrow, rising, never reused.
    `CREATE TABLE resource (
      key BIGINT PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
      tick BIGINT NOT NULL, deleted INTEGER NOT NULL, UNIQUE (type, id))`,
    'CREATE INDEX resource_type_tick ON resource (type, tick, key)',
    // `text` is the truth: the answer, byte for byte. `content` identifies what the sender sent (see commit.ts).
    `CREATE TABLE version (
      key BIGINT NOT NULL, version INTEGER NOT NULL, tick BIGINT NOT NULL, seq BIGINT NOT NULL,
      method TEXT NOT NULL, content TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (key, version))`,
    // Which organisation stands to which resource, and how.
    `CREATE TABLE access (
      org TEXT NOT NULL, type TEXT NOT NULL, key BIGINT NOT NULL, side TEXT NOT NULL,
      PRIMARY KEY (org, type, key, side))`,
    'CREATE INDEX access_key ON access (key)',
    'CREATE TABLE index_token (param TEXT NOT NULL, code TEXT NOT NULL, system TEXT NOT NULL, key BIGINT NOT NULL)',
    'CREATE INDEX index_token_value ON index_token (param, code, system, key)',
    'CREATE TABLE index_reference (param TEXT NOT NULL, target TEXT NOT NULL, key BIGINT NOT NULL)',
    'CREATE INDEX index_reference_value ON index_reference (param, target, key)',
    'CREATE TABLE index_date (param TEXT NOT NULL, low BIGINT NOT NULL, high BIGINT NOT NULL, key BIGINT NOT NULL)',
    'CREATE INDEX index_date_value ON index_date (param, low, high, key)',
    'CREATE TABLE index_string (param TEXT NOT NULL, value TEXT NOT NULL, exact TEXT NOT NULL, key BIGINT NOT NULL)',
    'CREATE INDEX index_string_value ON index_string (param, value, key)',
    'CREATE TABLE index_uri (param TEXT NOT NULL, value TEXT NOT NULL, key BIGINT NOT NULL)',
    'CREATE INDEX index_uri_value ON index_uri (param, value, key)',
    // The log: one row per fact, numbered in commit order.
    `CREATE TABLE event (
      seq BIGINT PRIMARY KEY, tick BIGINT NOT NULL, key BIGINT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
      version INTEGER NOT NULL, kind TEXT NOT NULL, org TEXT NOT NULL, role TEXT NOT NULL,
      from_state TEXT NOT NULL, to_state TEXT NOT NULL)`,
    'CREATE INDEX event_key ON event (key, seq)',
    // Answers already given to national messages, so that a repeat gets the same one.
    `CREATE TABLE reply (
      org TEXT NOT NULL, identity TEXT NOT NULL, content TEXT NOT NULL, tick BIGINT NOT NULL,
      status INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (org, identity))`,
    // Keys this installation made for itself, e.g. to seal page links.
    'CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
  ],
  [
    // The log by organisation (see events.ts): since event `seq`, `org` can see `key` at `version`.
    `CREATE TABLE feed (
      org TEXT NOT NULL, type TEXT NOT NULL, seq BIGINT NOT NULL, key BIGINT NOT NULL, version INTEGER NOT NULL,
      PRIMARY KEY (org, type, seq, key))`,
    `INSERT INTO feed (org, type, seq, key, version)
      SELECT DISTINCT a.org, a.type, v.seq, v.key, v.version FROM access a JOIN version v ON v.key = a.key`,
    'CREATE INDEX event_type ON event (type, seq)',
  ],
  [
    // `element` ties the components of a composite parameter together: those of one element carry its number.
    ...['token', 'reference', 'date', 'string', 'uri'].map(
      (kind) => `ALTER TABLE index_${kind} ADD COLUMN element INTEGER NOT NULL DEFAULT 0`,
    ),
    `CREATE TABLE index_number (
      param TEXT NOT NULL, low DOUBLE PRECISION NOT NULL, high DOUBLE PRECISION NOT NULL,
      element INTEGER NOT NULL, key BIGINT NOT NULL)`,
    'CREATE INDEX index_number_value ON index_number (param, low, high, key)',
    `CREATE TABLE index_quantity (
      param TEXT NOT NULL, low DOUBLE PRECISION NOT NULL, high DOUBLE PRECISION NOT NULL, code TEXT NOT NULL,
      system TEXT NOT NULL, unit TEXT NOT NULL, element INTEGER NOT NULL, key BIGINT NOT NULL)`,
    'CREATE INDEX index_quantity_value ON index_quantity (param, low, high, key)',
    // Whether a resource that is known has a code is one look: the key stands before the system.
    'DROP INDEX index_token_value',
    'CREATE INDEX index_token_value ON index_token (param, code, key, system)',
    // The resources of a type in the order of creation.
    'CREATE INDEX resource_type_key ON resource (type, key)',
  ],
  [
    // When the clock has to look at a resource again: due times, need-by days, validity, renewals.
    `CREATE TABLE alarm (
      key BIGINT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL,
      PRIMARY KEY (key, kind))`,
    'CREATE INDEX alarm_at ON alarm (at)',
  ],
  [
    // What may be used once only: the assertions with which clients have asked for tokens.
    'CREATE TABLE used (what TEXT PRIMARY KEY, until BIGINT NOT NULL)',
    'CREATE INDEX used_until ON used (until)',
  ],
  [
    // The audit log: rows are only appended, each with a hash over itself and the one before (see audit-log.ts).
    `CREATE TABLE audit (
      seq BIGINT PRIMARY KEY, recorded BIGINT NOT NULL, org TEXT NOT NULL, role TEXT NOT NULL, client TEXT NOT NULL,
      action TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL,
      problem TEXT NOT NULL, count INTEGER NOT NULL, purpose TEXT NOT NULL, parameters TEXT NOT NULL,
      request TEXT NOT NULL, entities TEXT NOT NULL, hash TEXT NOT NULL)`,
    'CREATE INDEX audit_org ON audit (org, seq)',
    'CREATE INDEX audit_recorded ON audit (recorded)',
    'CREATE TABLE audit_entity (type TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL)',
    'CREATE INDEX audit_entity_resource ON audit_entity (type, id, seq)',
    'CREATE INDEX audit_entity_seq ON audit_entity (seq)',
  ],
  [
    // By which definitions the index was made (see index-state.ts), and how far making it anew has come.
    `CREATE TABLE index_state (
      id INTEGER PRIMARY KEY, definitions TEXT NOT NULL, target TEXT NOT NULL, position BIGINT NOT NULL)`,
    "INSERT INTO index_state (id, definitions, target, position) VALUES (1, '', '', 0)",
  ],
  [
    // Whether a resource that is known has a date in a range is one look, and not a walk through the range.
    'CREATE INDEX index_date_key ON index_date (key, param, low, high)',
  ],
  [
    // The confidentiality of what is sensitive (v3 Confidentiality), empty for all else: see `confidentiality` in the table.
    "ALTER TABLE resource ADD COLUMN label TEXT NOT NULL DEFAULT ''",
  ],
  [
    // Which resources the audit rows of one chapter speak of: one row however often they do, and near to those of its time.
    `CREATE TABLE audit_chapter (
      chapter BIGINT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (chapter, type, id)) WITHOUT ROWID`,
    'INSERT INTO audit_chapter (chapter, type, id) SELECT DISTINCT seq / 1024, type, id FROM audit_entity',
    'DROP TABLE audit_entity',
  ],
  [
    // Many audit entries in one row (see audit-log.ts); who asked is found by chapter too.
    'ALTER TABLE audit ADD COLUMN since BIGINT NOT NULL DEFAULT 0',
    "ALTER TABLE audit ADD COLUMN packed TEXT NOT NULL DEFAULT ''",
    'UPDATE audit SET since = recorded',
    "INSERT INTO audit_chapter (chapter, type, id) SELECT DISTINCT seq / 1024, '', org FROM audit",
    'DROP INDEX audit_org',
  ],
  [
    // A label also says who sent the record (`labelText`): whoever made its first version, and that of what it was made from.
    'CREATE TABLE label_sender (key BIGINT NOT NULL, org TEXT NOT NULL, PRIMARY KEY (key, org))',
    // First the few that are labelled: asked in one, SQLite goes through all events for each of all references.
    'CREATE TABLE label_maker (target TEXT NOT NULL, org TEXT NOT NULL, PRIMARY KEY (target, org))',
    `INSERT INTO label_maker (target, org) SELECT DISTINCT r.type || '/' || r.id, e.org FROM resource r
      JOIN event e ON e.key = r.key AND e.version = 1 WHERE r.label <> ''`,
    `INSERT INTO label_sender (key, org) SELECT DISTINCT i.key, m.org FROM index_reference i
      JOIN label_maker m ON m.target = i.target
      WHERE i.param IN ('Task.based-on', 'MedicationDispense.prescription', 'Provenance.target', 'Communication.based-on')`,
    'DROP TABLE label_maker',
    `INSERT INTO label_sender (key, org) SELECT DISTINCT r.key, e.org FROM resource r
      JOIN event e ON e.key = r.key AND e.version = 1 WHERE r.label <> '' ON CONFLICT DO NOTHING`,
    // The sender of a prescription, and whoever accepted or reported; of more than two the first and the last.
    `UPDATE resource SET label = label || (
        SELECT CASE WHEN MIN(s.org) = MAX(s.org) THEN ' ' || MIN(s.org) ELSE ' ' || MIN(s.org) || ' ' || MAX(s.org) END
        FROM label_sender s WHERE s.key = resource.key)
      WHERE label <> '' AND label NOT LIKE '% %' AND key IN (SELECT key FROM label_sender)`,
    'DROP TABLE label_sender',
  ],
]

const NUMBER = 'SELECT number FROM schema_version ORDER BY number DESC LIMIT 1'

/** 0 where there is no schema yet, or none that can be read. */
async function schemaOf(query: Query): Promise<number> {
  const rows = await query<{ number: number }>(NUMBER).catch(() => [])
  return rows[0]?.number ?? 0
}

/**
 * Brings the schema up to this build's. Nothing is written where it is.
 * @throws Error when the database was written by a newer build.
 */
export async function migrate(database: Database): Promise<void> {
  if ((await schemaOf(database.query)) === migrations.length) return
  await database.transaction(async (query) => {
    await query('CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY)')
    const rows = await query<{ number: number }>(NUMBER)
    const current = rows[0]?.number ?? 0
    if (current > migrations.length) {
      throw new Error(
        `The database has schema ${current}, this build knows ${migrations.length}: start the newer build instead.`,
      )
    }
    for (let number = current + 1; number <= migrations.length; number++) {
      for (const statement of migrations[number - 1] ?? []) await query(statement)
      await query('INSERT INTO schema_version (number) VALUES ($1)', [number])
    }
  })
}

/** @throws Error when the schema is not this build's */
export async function checkSchema({ query }: Database): Promise<void> {
  const current = await schemaOf(query)
  if (current === migrations.length) return
  const advice =
    current === 0
      ? 'no service has used it yet'
      : current > migrations.length
        ? 'use the newer build'
        : 'start the service of this build first, which brings it up'
  throw new Error(`The database has schema ${current}, this build has ${migrations.length}: ${advice}.`)
}
