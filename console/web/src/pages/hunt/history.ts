// What was asked in this browser, by whom: kept here only, the latest first, bounded.
import type { Asked } from './ask'

export interface Past extends Asked {
  at: number
  rows: number
  /** ms it took. */
  took: number
  failed: boolean
}

/** most questions are kept of each person, of at most longest letters. */
const most = 60
const longest = 8000

const key = (who: string) => `lynceus.hunt.${who}`

export function history(who: string): Past[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(who)) ?? '[]')
    return Array.isArray(kept) ? (kept as Past[]).filter((p) => typeof p?.query === 'string' && typeof p.at === 'number').slice(0, most) : []
  } catch {
    return [] // it is only a convenience
  }
}

/** remember keeps a question; the same one asked before gives way. */
export function remember(who: string, past: Past): void {
  if (past.query.length > longest) return
  const same = (p: Past) => p.query === past.query && p.since === past.since && p.from === past.from && p.to === past.to && JSON.stringify(p.params) === JSON.stringify(past.params)
  try {
    localStorage.setItem(key(who), JSON.stringify([past, ...history(who).filter((p) => !same(p))].slice(0, most)))
  } catch {
    // A browser that keeps nothing has no history.
  }
}

export function forget(who: string): void {
  try {
    localStorage.removeItem(key(who))
  } catch {
    // There was none.
  }
}
