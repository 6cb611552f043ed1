/** A database that tells how long it takes and whether it answers. */
import type { Database } from './database.ts'

/**
 * Told of every read and of every group of writes when it has ended.
 * @param error what it failed with; of a group also a fault of the work in it
 */
export type DatabaseObserver = (kind: 'read' | 'group', ms: number, error?: unknown) => void

export interface ObservedDatabase extends Database {
  observe(observer: DatabaseObserver): void
}

/** The same database, watched. What takes a snapshot takes as long as it needs and is not told. */
export function observed(database: Database): ObservedDatabase {
  const observers: DatabaseObserver[] = []
  const watch = async <T>(kind: 'read' | 'group', work: () => Promise<T>): Promise<T> => {
    const from = performance.now()
    try {
      const result = await work()
      for (const observer of observers) observer(kind, performance.now() - from)
      return result
    } catch (error) {
      for (const observer of observers) observer(kind, performance.now() - from, error)
      throw error
    }
  }
  const { first } = database
  return {
    ...database,
    ...(first
      ? {
          first(sql, params) {
            const from = performance.now()
            try {
              const row = first(sql, params)
              for (const observer of observers) observer('read', performance.now() - from)
              return row
            } catch (error) {
              for (const observer of observers) observer('read', performance.now() - from, error)
              throw error
            }
          },
        }
      : {}),
    query: (sql, params) => watch('read', () => database.query(sql, params)),
    transaction: (work) => watch('group', () => database.transaction(work)),
    observe(observer) {
      observers.push(observer)
    },
  }
}
