// What is selected: findings one by one, or everything that a filter keeps.
import type { Finding } from '../../api/schema'
import { filterText, type Filter } from './filter'

export interface Picked {
  /** ids are of single findings. */
  ids: Map<string, Finding>
  /** whole is a group, or the whole list: what the server finds by its filter when it is decided. */
  whole?: { filter: Filter; key: string; count: number; words: string }
}

export const nothing: Picked = { ids: new Map() }

export function size(p: Picked): number {
  return p.whole ? p.whole.count : p.ids.size
}

export function pick(p: Picked, findings: Finding[], on: boolean): Picked {
  const ids = new Map(p.ids)
  for (const f of findings) {
    if (on) ids.set(f.id, f)
    else ids.delete(f.id)
  }
  return { ids }
}

/** wholeOf selects all that a filter keeps of what was known at a time, so that nothing is decided about that nobody saw. */
export function wholeOf(filter: Filter, asOf: string, count: number, words: string): Picked {
  return { ids: new Map(), whole: { filter: { ...filter, as_of: asOf }, key: filterText(filter), count, words } }
}
