// The rows of an answer as a graph: whom and what they name are nodes, and what stands in one row is joined.
import type { Column, Severity } from '../../api/schema'
import { Builder } from '../../ui/graph/layout'
import { shown } from './values'

/** Entity is a kind of thing that rows name: the columns that do, the first with a value counting, and where it is drawn. */
interface Entity {
  column: number
  kind: string
  names: string[]
  /** within is a column whose value stands before the name. */
  within?: string
}

export const titles = ['From', 'Who', 'Request', 'On what', 'Process', 'File or address']

const entities: Entity[] = [
  { column: 0, kind: 'address', names: ['src_endpoint.ip', 'address', 'addresses'] },
  { column: 1, kind: 'who', names: ['actor.user.name', 'who', 'person', 'k8s.service_account', 'account'] },
  { column: 2, kind: 'request', names: ['api.operation', 'verb', 'did'] },
  { column: 3, kind: 'object', names: ['resource.name', 'secret', 'name'], within: 'k8s.namespace' },
  { column: 3, kind: 'pod', names: ['k8s.pod', 'pod'], within: 'k8s.namespace' },
  { column: 3, kind: 'workload', names: ['k8s.workload'], within: 'k8s.namespace' },
  { column: 3, kind: 'namespace', names: ['k8s.namespace', 'namespace'] },
  { column: 4, kind: 'process', names: ['process.cmd_line', 'process.name', 'command', 'actor.process.cmd_line'] },
  { column: 5, kind: 'file', names: ['file.path', 'process.file.path'] },
  { column: 5, kind: 'host', names: ['dst_endpoint.hostname', 'query.hostname', 'host'] },
  { column: 5, kind: 'address', names: ['dst_endpoint.ip', 'peer'] },
]

/** mostRows are drawn: a graph of more says nothing. */
export const mostRows = 2000

/** rowsGraph returns null for an answer that does not name two kinds of things. */
export function rowsGraph(columns: Column[], rows: unknown[][]): Builder | null {
  const at = new Map(columns.map((c, i) => [c.name, i]))
  const used = entities
    .map((e) => ({ ...e, columns: e.names.map((n) => at.get(n)).filter((i) => i !== undefined), within: e.within === undefined ? undefined : (at.get(e.within) ?? at.get('namespace')) }))
    .filter((e) => e.columns.length > 0)
  if (new Set(used.map((e) => e.column)).size < 2) return null
  const time = at.get('time') ?? at.get('first') ?? -1
  const level = at.get('severity') ?? -1
  const type = at.get('resource.type') ?? -1
  const b = new Builder()
  rows.slice(0, mostRows).forEach((row, n) => {
    const value = (i: number) => (i >= 0 ? shown(row[i]) : '')
    const severity = (value(level).toLowerCase() || 'informational') as Severity
    let last = ''
    let drawn = -1
    for (const e of used) {
      const i = e.columns.find((c) => value(c) !== '')
      // Of several things in one column the first that has a value stands for all: a pod rather than its namespace.
      if (i === undefined || e.column === drawn) continue
      const kind = e.kind === 'object' && value(type) ? value(type) : e.kind
      const name = e.kind === 'request' && value(type) ? `${value(i)} ${value(type)}` : value(i)
      const node = b.node(e.column, kind, e.within !== undefined && e.within !== i && value(e.within) ? `${value(e.within)}/${name}` : name, severity, value(time), String(n))
      if (last) b.edge(last, node, String(n))
      last = node
      drawn = e.column
    }
  })
  return b.edges.size > 0 ? b : null
}
