// Graphs in columns: who, what they did, to what, and what that touched. A node's place is decided by its column and by when it
// was first seen, so the same things are always drawn the same.
import type { Severity } from '../../api/schema'
import { rank } from '../parts'

export interface GraphNode {
  id: string
  column: number
  kind: string
  label: string
  severity: Severity
  first: string
  findings: Set<string>
  x: number
  y: number
}

export interface GraphEdge {
  from: string
  to: string
  findings: Set<string>
  /** back is an edge against the order of columns: a token that was taken. */
  back: boolean
  note: string
}

export interface GraphLayout {
  nodes: GraphNode[]
  edges: GraphEdge[]
  columns: { title: string; x: number }[]
  width: number
  height: number
  hidden: number
}

export const box = { width: 186, height: 40 }
const gap = { x: 52, y: 12 }
const top = 24
/** tall is how many nodes a column shows; the gravest stay. */
const tall = 12
/** lead is by how much a short column begins lower than a tall one, at most: what it leads to should not be out of sight. */
const lead = 2 * (box.height + gap.y)
export class Builder {
  readonly nodes = new Map<string, GraphNode>()
  readonly edges = new Map<string, GraphEdge>()

  node(column: number, kind: string, label: string, severity: Severity, time: string, finding: string): string {
    const id = `${column} ${kind} ${label}`
    let n = this.nodes.get(id)
    if (!n) {
      n = { id, column, kind, label, severity, first: time, findings: new Set(), x: 0, y: 0 }
      this.nodes.set(id, n)
    }
    if (rank(severity) < rank(n.severity)) n.severity = severity
    if (time && (!n.first || time < n.first)) n.first = time
    if (finding) n.findings.add(finding)
    return id
  }

  edge(from: string, to: string, finding: string, back = false, note = ''): void {
    const id = `${from} > ${to}`
    let e = this.edges.get(id)
    if (!e) {
      e = { from, to, findings: new Set(), back, note }
      this.edges.set(id, e)
    }
    if (finding) e.findings.add(finding)
  }
}

/** place gives each node its place; titles head the columns. */
export function place(b: Builder, titles: string[]): GraphLayout {
  const used = titles.map((title, column) => ({ title, column, nodes: [...b.nodes.values()].filter((n) => n.column === column) })).filter((c) => c.nodes.length > 0)
  const kept: GraphNode[] = []
  let hidden = 0
  const columns = used.map((c, i) => {
    const shown = [...c.nodes].sort((a, z) => rank(a.severity) - rank(z.severity) || a.first.localeCompare(z.first)).slice(0, tall)
    hidden += c.nodes.length - shown.length
    shown.sort((a, z) => a.first.localeCompare(z.first) || a.label.localeCompare(z.label))
    kept.push(...shown)
    return { title: c.title, x: i * (box.width + gap.x), shown }
  })
  const most = Math.max(1, ...columns.map((c) => c.shown.length))
  const height = top + most * (box.height + gap.y)
  for (const c of columns) {
    const room = Math.min((most - c.shown.length) * (box.height + gap.y), lead * 2)
    c.shown.forEach((n, row) => {
      n.x = c.x
      n.y = top + room / 2 + row * (box.height + gap.y)
    })
  }
  const there = new Set(kept.map((n) => n.id))
  return {
    nodes: kept, edges: [...b.edges.values()].filter((e) => there.has(e.from) && there.has(e.to)), columns: columns.map(({ title, x }) => ({ title, x })),
    width: Math.max(box.width, columns.length * (box.width + gap.x) - gap.x), height, hidden,
  }
}
