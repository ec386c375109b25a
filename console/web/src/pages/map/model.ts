// What of a map is drawn and listed: pure functions from the server's graph, the place that is looked at, and filters.
import type { MapEdge, MapNode, TalkMap } from './data'
import { groupOf, hasParts, kindOf, labelOf, type Kind } from './names'

export type Verdict = '' | 'refused' | 'found' | 'new'

export interface Filter {
  /** source keeps flows or requests only; use edges count with requests. */
  source: '' | 'flow' | 'request'
  verdict: Verdict
  /** text is a part of the name of either end, in any case. */
  text: string
}

export interface Item {
  id: string
  label: string
  /** what it is, in words. */
  what: string
  kind: Kind
  /** column of the picture, from the left. */
  column: number
  /** into is where a click leads: a place of the address; empty for what has nothing inside. */
  into: string
  /** size is how many ends it stands for. */
  size: number
  weight: number
  node?: MapNode
}

export interface Link {
  id: string
  src: string
  dst: string
  opened: number
  accepted: number
  openedBytes: number
  acceptedBytes: number
  requests: number
  refused: number
  /** fresh is how many of its edges are new, of how many. */
  fresh: number
  edges: MapEdge[]
  findings: Set<string>
  /** found is how many of its edges findings are about. */
  found: number
  severity: string
  first: string
  last: string
}

export interface View {
  items: Map<string, Item>
  links: Link[]
  columns: string[]
}

const gravity = ['', 'informational', 'low', 'medium', 'high', 'critical']

export function graver(a: string, b: string): string {
  return gravity.indexOf(a) >= gravity.indexOf(b) ? a : b
}

export function connections(l: { opened: number; accepted: number }): number {
  return Math.max(l.opened, l.accepted)
}

export function bytes(l: { openedBytes: number; acceptedBytes: number }): number {
  return Math.max(l.openedBytes, l.acceptedBytes)
}

/** often is how often they talked, in connections and requests. */
export function often(l: Link): number {
  return connections(l) + l.requests
}

/** verdictOf is what stands out of a link: found before refused before new before nothing. */
export function verdictOf(l: Link): Verdict {
  if (l.found > 0 && gravity.indexOf(l.severity) >= 2) return 'found'
  if (l.refused > 0) return 'refused'
  return l.fresh > 0 ? 'new' : ''
}

function kept(e: MapEdge, f: Filter): boolean {
  if (f.source && (f.source === 'flow') !== (e.kind === 'flow')) return false
  switch (f.verdict) {
    case 'refused':
      return (e.refused ?? 0) > 0
    case 'found':
      return (e.findings ?? 0) > 0
    case 'new':
      return e.new === true
  }
  return true
}

/** columns at each distance. */
const afar = ['From where', 'Who', 'Namespaces and the cluster', 'Outside']
const near = ['Who talks to it', 'Inside', '', '', 'What it talks to']

/** inner is the column of an end within what is looked at: who talks, as whom, and about what. */
function inner(n: MapNode): number {
  if (n.kind === 'resource') return 3
  return n.kind === 'account' || n.kind === 'service' ? 2 : 1
}

/** sideAfar is the column of an end that is of no group, seen as the source or as the destination. */
function sideAfar(kind: Kind, source: boolean): number {
  if (kind === 'namespace' || kind === 'group') return 2
  if (kind === 'user') return 1
  return source ? 0 : 3
}

/** view makes what is shown of a map from a place: '' for all namespaces, a group, or the id of an end. */
export function view(map: TalkMap, at: string, filter: Filter): View {
  const clusters = new Set(map.nodes.map((n) => n.cluster ?? '').filter(Boolean)).size > 1
  const groups = map.nodes.map((n) => groupOf(n, clusters))
  const group = at.startsWith('ns|') || at.startsWith('in|')
  const text = filter.text.trim().toLowerCase()
  const named = text ? map.nodes.map((n) => [n.name, n.namespace, n.address, n.owner].some((part) => part?.toLowerCase().includes(text))) : []
  const items = new Map<string, Item>()
  const links = new Map<string, Link>()
  const isInside = (i: number) => (group ? groups[i]?.id === at : map.nodes[i]?.id === at || (at !== '' && partOf(map.nodes[i], at)))
  const within = at === '' ? [] : map.nodes.map((_, i) => isInside(i))
  const inside = (i: number) => within[i] === true
  const item = (i: number, source: boolean): Item | undefined => {
    const n = map.nodes[i]
    const g = groups[i]
    if (!n || !g) return undefined
    const mine = inside(i)
    const alone = mine || (!group && at !== '') || g.id === n.id
    const column = at === '' ? sideAfar(g.kind, source) : mine ? inner(n) : source ? 0 : 4
    const id = `${column}:${alone ? n.id : g.id}`
    let it = items.get(id)
    if (!it) {
      it = alone
        ? { id, label: labelOf(n), what: kindOf(n), kind: n.kind, column, into: n.id === at || ['pod', 'process', 'address', 'elsewhere'].includes(n.kind) ? '' : n.id, size: 1, weight: 0, node: n }
        : { id, label: g.label, what: g.kind === 'namespace' ? 'namespace' : 'of the cluster', kind: g.kind, column, into: g.id, size: 0, weight: 0 }
      if (alone && !mine && n.namespace && at !== '') it.what = `${n.namespace} · ${it.what}`
      items.set(id, it)
    }
    return it
  }
  for (const e of map.edges) {
    if (!kept(e, filter)) continue
    if (at !== '' && !inside(e.src) && !inside(e.dst)) continue
    if (text && !named[e.src] && !named[e.dst]) continue
    const a = item(e.src, true)
    const b = item(e.dst, false)
    if (!a || !b) continue
    const id = `${a.id}>${b.id}`
    let l = links.get(id)
    if (!l) {
      l = { id, src: a.id, dst: b.id, opened: 0, accepted: 0, openedBytes: 0, acceptedBytes: 0, requests: 0, refused: 0, fresh: 0, edges: [], findings: new Set(), found: 0, severity: '', first: e.first, last: e.last }
      links.set(id, l)
    }
    add(l, e)
  }
  const list = [...links.values()]
  for (const l of list) {
    const n = often(l)
    const a = items.get(l.src)
    const b = items.get(l.dst)
    if (a) a.weight += n
    if (b && b !== a) b.weight += n
  }
  const sizes = new Map<string, number>()
  for (const g of groups) sizes.set(g.id, (sizes.get(g.id) ?? 0) + 1)
  for (const it of items.values()) if (!it.node) it.size = sizes.get(it.into) ?? 0
  list.sort((a, b) => gravity.indexOf(b.severity) - gravity.indexOf(a.severity) || often(b) - often(a) || (a.id < b.id ? -1 : 1))
  return { items, links: list, columns: at === '' ? afar : near }
}

function add(l: Link, e: MapEdge): void {
  l.edges.push(e)
  l.opened += e.opened ?? 0
  l.accepted += e.accepted ?? 0
  l.openedBytes += e.opened_bytes ?? 0
  l.acceptedBytes += e.accepted_bytes ?? 0
  l.requests += e.requests ?? 0
  l.refused += e.refused ?? 0
  if (e.new) l.fresh++
  if (e.findings) l.found++
  for (const id of e.finding_ids ?? []) l.findings.add(id)
  l.severity = graver(l.severity, e.severity ?? '')
  if (e.first < l.first) l.first = e.first
  if (e.last > l.last) l.last = e.last
}

/** partOf says whether an end is a part of one that is looked at closely: the server gives the parts of that one only. */
function partOf(n: MapNode | undefined, at: string): boolean {
  if (!n) return false
  const [kind, cluster = '', namespace = ''] = at.split('|')
  if ((n.cluster ?? '') !== cluster) return false
  switch (n.kind) {
    case 'pod':
      return kind === 'workload' && (n.namespace ?? '') === namespace
    case 'process':
      return kind === 'node'
    case 'address':
      return kind === 'external' || kind === 'unknown'
  }
  return false
}

/** closely says whether the server has to be asked for what is inside a place. */
export function closely(at: string): boolean {
  const kind = at.split('|')[0] as MapNode['kind']
  return hasParts({ id: at, kind, name: '' })
}
