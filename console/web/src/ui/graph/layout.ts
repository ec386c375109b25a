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
  columns: { title: string; x: number; y: number }[]
  /** box is how large a node is. */
  box: { width: number; height: number }
  /** down says that the columns stand below each other, as bands: the width is too little for them side by side. */
  down: boolean
  width: number
  height: number
  hidden: number
}

const high = 40
/** narrowest and widest are the widths of a node side by side: one that is narrower says nothing any more. */
const narrowest = 118
const widest = 200
const gap = { x: { least: 26, most: 64 }, y: 10 }
const top = 24
/** tall is how many nodes a column shows; the gravest stay. */
const tall = 16
/** lead is by how much a short column begins lower than a tall one, at most: what it leads to should not be out of sight. */
const lead = 2 * (high + gap.y)
/** band is how the columns stand below each other: the least width of a node, and the room between them. */
const band = { node: 140, x: 10, y: 26 }

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

interface Column {
  title: string
  shown: GraphNode[]
}

/** margin is left around a drawing, for lines that are broader than none. */
export const margin = 2

/** place gives each node its place within a width, in pixels, with the margin; titles head the columns. */
export function place(b: Builder, titles: string[], whole: number): GraphLayout {
  const width = Math.max(band.node, whole - 2 * margin)
  const used = titles.map((title, column) => ({ title, nodes: [...b.nodes.values()].filter((n) => n.column === column) })).filter((c) => c.nodes.length > 0)
  let hidden = 0
  const columns = used.map(({ title, nodes }): Column => {
    const shown = [...nodes].sort((a, z) => rank(a.severity) - rank(z.severity) || a.first.localeCompare(z.first)).slice(0, tall)
    hidden += nodes.length - shown.length
    return { title, shown: shown.sort((a, z) => a.first.localeCompare(z.first) || a.label.localeCompare(z.label)) }
  })
  const there = new Set(columns.flatMap((c) => c.shown.map((n) => n.id)))
  const edges = [...b.edges.values()].filter((e) => there.has(e.from) && there.has(e.to))
  const least = columns.length * narrowest + (columns.length - 1) * gap.x.least
  const placed = least <= width ? across(columns, width) : downwards(columns, width)
  return { ...placed, nodes: columns.flatMap((c) => c.shown), edges, hidden }
}

type Placed = Pick<GraphLayout, 'columns' | 'box' | 'down' | 'width' | 'height'>

/** across sets the columns side by side, as far apart as there is room. */
function across(columns: Column[], width: number): Placed {
  const gaps = Math.max(1, columns.length - 1)
  const box = { width: Math.min(widest, Math.floor((width - gaps * gap.x.least) / Math.max(1, columns.length))), height: high }
  const between = Math.min(gap.x.most, (width - columns.length * box.width) / gaps)
  const most = Math.max(1, ...columns.map((c) => c.shown.length))
  columns.forEach((c, i) => {
    const room = Math.min((most - c.shown.length) * (high + gap.y), lead * 2)
    c.shown.forEach((n, row) => {
      n.x = i * (box.width + between)
      n.y = top + room / 2 + row * (high + gap.y)
    })
  })
  return {
    columns: columns.map((c, i) => ({ title: c.title, x: i * (box.width + between), y: 11 })), box, down: false,
    width: columns.length * (box.width + between) - between, height: top + most * (high + gap.y),
  }
}

/** downwards sets the columns below each other, each in as many rows as it needs. */
function downwards(columns: Column[], width: number): Placed {
  const each = Math.max(1, Math.floor((width + band.x) / (band.node + band.x)))
  const box = { width: Math.min(widest, Math.floor((width - (each - 1) * band.x) / each)), height: high }
  let y = 0
  const heads = columns.map((c) => {
    const head = { title: c.title, x: 0, y: y + 11 }
    c.shown.forEach((n, i) => {
      n.x = (i % each) * (box.width + band.x)
      n.y = y + top + Math.floor(i / each) * (high + gap.y)
    })
    y += top + Math.ceil(c.shown.length / each) * (high + gap.y) - gap.y + band.y
    return head
  })
  return { columns: heads, box, down: true, width: each * (box.width + band.x) - band.x, height: y - band.y }
}
