// Where things stand in the picture. It follows from their names alone, and what stands somewhere stays there while it is shown,
// so that nothing jumps when the map is read again.
import type { Item, Link, View } from './model'
import { often, verdictOf } from './model'

export const box = { width: 158, height: 36, gapY: 10, gapX: 34, column: 84 }

/** Most things and links that are drawn, of those that stand out and of those that do not: the rest is one box a column, and stands in the table. */
export const most = { inner: 120, side: 13, marked: 120, plain: 140 }

/** arcs is the room to the right for links within the last column. */
const arcs = 56

/** rows of boxes in a column before another one is begun beside it. */
const tall = 13

export interface Placed extends Item {
  x: number
  y: number
  /** rest is how many things it stands for that are not drawn. */
  rest?: number
}

export interface Layout {
  items: Placed[]
  by: Map<string, Placed>
  links: Link[]
  /** left is how many links are not drawn for being weak among many. */
  left: number
  heads: { title: string; x: number }[]
  width: number
  height: number
}

/** Memory is which slot of its column each thing had. */
export type Memory = Map<string, number>

const order = ['namespace', 'group', 'workload', 'service', 'account', 'node', 'pod', 'process', 'user', 'resource']

/** collator puts app-2 before app-10. */
const collator = new Intl.Collator('en', { numeric: true })

function byName(a: Item, b: Item): number {
  const ka = order.indexOf(a.kind)
  const kb = order.indexOf(b.kind)
  return ka - kb || collator.compare(a.label, b.label) || a.id.localeCompare(b.id)
}

/** chosen are the things of a column that are drawn: those with the most to say, and of two alike those drawn before. */
function chosen(items: Item[], limit: number, before: Memory, grave: Set<string>): Item[] {
  if (items.length <= limit) return items
  const rank = (i: Item) => (grave.has(i.id) ? 2 : 0) + (before.has(i.id) ? 1 : 0)
  return [...items].sort((a, b) => rank(b) - rank(a) || b.weight - a.weight || byName(a, b)).slice(0, limit - 1)
}

/** slots gives each thing a place in its column: the one it had, or the first that is free. */
function slots(items: Item[], before: Memory): Item[] {
  const placed: (Item | undefined)[] = []
  const fresh: Item[] = []
  for (const i of [...items].sort(byName)) {
    const at = before.get(i.id)
    if (at !== undefined && at < items.length && !placed[at]) placed[at] = i
    else fresh.push(i)
  }
  for (let at = 0; fresh.length > 0; at++) if (!placed[at]) placed[at] = fresh.shift()
  return placed.filter((i): i is Item => i !== undefined)
}

/** lay places what is seen. before is changed: it has the slots of what is placed now. */
export function lay(v: View, before: Memory): Layout {
  const grave = new Set<string>()
  for (const l of v.links) if (verdictOf(l) === 'found') grave.add(l.src).add(l.dst)
  const items: Placed[] = []
  const by = new Map<string, Placed>()
  const heads: Layout['heads'] = []
  const columns: { at: number; list: Item[]; rest: number }[] = []
  for (let c = 0; c < v.columns.length; c++) {
    const all = [...v.items.values()].filter((i) => i.column === c)
    if (all.length === 0) continue
    const wide = v.columns.length === 4 ? c === 2 : c > 0 && c < 4
    const list = slots(chosen(all, wide ? most.inner : most.side, before, grave), before)
    columns.push({ at: c, list, rest: all.length - list.length })
  }
  before.clear()
  const height = (n: number) => n * (box.height + box.gapY)
  const tallest = Math.max(0, ...columns.map((c) => Math.min(c.list.length + (c.rest > 0 ? 1 : 0), rowsOf(c.list.length))))
  let x = 0
  let last = -1
  for (const c of columns) {
    const n = c.list.length + (c.rest > 0 ? 1 : 0)
    const rows = rowsOf(n)
    const title = v.columns[c.at] ?? ''
    if (title || last < 0) heads.push({ title, x })
    last = c.at
    const top = 24 + (height(tallest) - height(Math.min(n, rows))) / 2
    const put = (i: Item, slot: number, rest?: number) => {
      const p: Placed = { ...i, x: x + Math.floor(slot / rows) * (box.width + box.gapX), y: top + (slot % rows) * (box.height + box.gapY), rest }
      items.push(p)
      by.set(i.id, p)
    }
    c.list.forEach((i, slot) => {
      before.set(i.id, slot)
      put(i, slot)
    })
    if (c.rest > 0) put({ id: `${c.at}:rest`, label: `${c.rest.toLocaleString('en')} more`, what: 'in the table', kind: 'rest', column: c.at, into: '', size: c.rest, weight: 0 }, c.list.length, c.rest)
    x += Math.ceil(n / rows) * (box.width + box.gapX) - box.gapX + box.column
  }
  const links = v.links.filter((l) => by.has(l.src) && by.has(l.dst))
  const drawn = [...strongest(links.filter(verdictOf), most.marked), ...strongest(links.filter((l) => !verdictOf(l)), most.plain)]
  return { items, by, links: drawn, left: links.length - drawn.length, heads, width: Math.max(0, x - box.column) + arcs, height: 24 + height(tallest) }
}

function strongest(links: Link[], limit: number): Link[] {
  return links.length <= limit ? links : [...links].sort((a, b) => often(b) - often(a) || a.id.localeCompare(b.id)).slice(0, limit)
}

/** rowsOf is how tall a column of so many boxes is: as a window is wide, many stand beside each other. */
function rowsOf(n: number): number {
  return n <= tall ? Math.max(n, 1) : Math.max(tall, Math.ceil(Math.sqrt(n * 1.8)))
}

/** curve is the way of a link between two boxes, and where its middle is. */
export function curve(a: Placed, b: Placed): { d: string; x: number; y: number } {
  if (a.id === b.id) {
    const x = a.x + box.width
    return { d: `M${x} ${a.y + 7}C${x + 30} ${a.y - 4} ${x + 30} ${a.y + box.height + 4} ${x} ${a.y + box.height - 7}`, x: x + 22, y: a.y + box.height / 2 }
  }
  const ay = a.y + box.height / 2
  const by = b.y + box.height / 2
  if (b.x > a.x + box.width / 2) {
    const x1 = a.x + box.width
    const bend = Math.max(18, (b.x - x1) / 2)
    // Past a column between them it goes above the box that may stand at the same height.
    const over = b.x - x1 > box.width + box.column ? box.height + box.gapY : 0
    return { d: `M${x1} ${ay}C${x1 + bend} ${ay - over} ${b.x - bend} ${by - over} ${b.x} ${by}`, x: (x1 + b.x) / 2, y: (ay + by) / 2 - over * 0.75 }
  }
  if (b.x < a.x - box.width / 2) {
    const x2 = b.x + box.width
    const bend = Math.max(26, (a.x - x2) / 2)
    return { d: `M${a.x} ${ay + 5}C${a.x - bend} ${ay + 16} ${x2 + bend} ${by + 16} ${x2} ${by + 5}`, x: (a.x + x2) / 2, y: (ay + by) / 2 + 12 }
  }
  // In one column: out to the right and back, wider for what is farther apart.
  const x = a.x + box.width
  const out = Math.min(64, 20 + Math.abs(ay - by) / 6)
  return { d: `M${x} ${ay}C${x + out} ${ay} ${x + out} ${by} ${x} ${by}`, x: x + out * 0.75, y: (ay + by) / 2 }
}

/** next is the thing that an arrow key leads to from another: the nearest in that direction. */
export function next(items: Placed[], from: Placed, key: string): Placed | undefined {
  const dx = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  const dy = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
  let best: Placed | undefined
  let least = Infinity
  for (const i of items) {
    const along = (i.x - from.x) * dx + (i.y - from.y) * dy
    const across = Math.abs((i.x - from.x) * dy) + Math.abs((i.y - from.y) * dx)
    if (i.id === from.id || along <= 0) continue
    const far = along + 3 * across
    if (far < least) {
      least = far
      best = i
    }
  }
  return best
}
