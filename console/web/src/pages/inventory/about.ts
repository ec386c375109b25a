// What is asked about one thing: its findings and incidents, what happened to it last, and how it changed.
import { useQuery } from '@tanstack/react-query'
import { Failed, rows, type Row } from '../../api/client'
import type { Severity } from '../../api/schema'
import { quoted } from '../../format'
import type { Asked } from './ask'
import { text, texts } from './known'
import type { Thing } from './things'

const declare = 'declare query_parameters(_at:datetime, _cluster:string, _since:timespan, _ns:string, _name:string);\n'
const scoped = '(_cluster == "" or k8s.cluster in (_cluster, ""))'
const lately = `| where time between ((_at - _since) .. _at) and ${scoped}\n`

function params(t: Thing, a: Asked): Record<string, string> {
  return { _at: a.at, _cluster: t.cluster, _since: a.since, _ns: t.namespace, _name: t.name }
}

/** condition keeps the events that are about a thing; undefined where there are none of its kind. */
function condition(t: Thing): string | undefined {
  switch (t.kind) {
    case 'pods':
      return 'k8s.namespace == _ns and k8s.pod == _name'
    case 'workloads':
      return 'k8s.namespace == _ns and (k8s.workload == _name or resource.name == _name)'
    case 'nodes':
      return 'k8s.node == _name or (resource.type == "nodes" and resource.name == _name)'
    case 'namespaces':
      return 'k8s.namespace == _name'
    case 'accounts':
      return 'actor.user.name == _name'
    case 'images':
      return 'container.image.name == _name'
    case 'roles':
      return 'resource.group == "rbac.authorization.k8s.io" and resource.name == _name and (_ns == "" or k8s.namespace == _ns)'
  }
  return undefined
}

/** Happened is an event in a line. */
export interface Happened {
  time: string
  table: string
  who: string
  what: string
  refused: boolean
  uid: string
}

const mostEvents = 40

export function useEvents(t: Thing, a: Asked) {
  const where = condition(t)
  return useQuery<Happened[], Failed>({
    queryKey: ['inventory', 'events', t.kind, t.cluster, t.namespace, t.name, a.at, a.since],
    enabled: where !== undefined,
    queryFn: async ({ signal }) =>
      (
        await rows(
          `${declare}union withsource=table audit, process, file, network, dns
${lately}| where ${where}
| project table, time, metadata.uid, activity, actor.user.name, api.operation, api.response.code, resource.type, resource.subresource, resource.name, http_request.url.path, k8s.namespace, k8s.pod, process.cmd_line, actor.process.cmd_line, file.path, dst_endpoint.ip, dst_endpoint.port, dst_endpoint.hostname, query.hostname
| sort by time desc
| take ${mostEvents}`,
          params(t, a),
          { signal, max: mostEvents },
        )
      ).map(happened),
    staleTime: 60_000,
  })
}

function happened(r: Row): Happened {
  const table = text(r['table'])
  const of = (name: string) => text(r[name])
  const code = Number(r['api.response.code'] ?? 0)
  const process = of('process.cmd_line') || of('actor.process.cmd_line')
  const peer = of('dst_endpoint.hostname') || of('dst_endpoint.ip')
  const place = [of('k8s.namespace'), of('resource.name')].filter(Boolean).join('/')
  const what =
    {
      audit: of('resource.type') ? [of('api.operation'), [of('resource.type'), of('resource.subresource')].filter(Boolean).join('/'), place].filter(Boolean).join(' ') : `${of('api.operation')} ${of('http_request.url.path').split('?')[0] ?? ''}`,
      process: `${of('activity') || 'Launch'}: ${process}`,
      file: `${of('activity')} ${of('file.path')}`,
      network: `${of('activity')} ${peer}${of('dst_endpoint.port') ? `:${of('dst_endpoint.port')}` : ''}`,
      dns: `asked for ${of('query.hostname')}`,
    }[table] ?? of('activity')
  return { time: of('time'), table, who: of('actor.user.name') || of('k8s.pod'), what, refused: code === 401 || code === 403, uid: of('metadata.uid') }
}

export interface About {
  findings: { id: string; title: string; severity: Severity; last: string; about: string; user: string }[]
  incidents: { id: string; title: string; severity: Severity; last: string }[]
}

/** plural is the resource of a kind, as it stands in what a finding is about. */
function plural(what: string): string {
  return `${what.toLowerCase()}s`
}

export function useFindings(t: Thing, a: Asked) {
  const of: Partial<Record<Thing['kind'], string>> = {
    pods: 'k8s.namespace == _ns and k8s.pod == _name or finding_info.about == strcat(_ns, "/pods/", _name)',
    workloads: `k8s.namespace == _ns and k8s.workload == _name or finding_info.about == strcat(_ns, "/", ${quoted(plural(t.what))}, "/", _name)`,
    nodes: 'k8s.node == _name or finding_info.about == strcat("nodes/", _name)',
    namespaces: 'k8s.namespace == _name',
    accounts: 'actor.user.name == _name',
    clusters: 'true',
    roles: `finding_info.about endswith_cs strcat(${quoted(`${plural(t.what)}/`)}, _name)`,
  }
  const where = of[t.kind]
  return useQuery<About, Failed>({
    queryKey: ['inventory', 'about', t.kind, t.cluster, t.namespace, t.name, a.at, a.since],
    enabled: where !== undefined,
    queryFn: async ({ signal }) => {
      const findings = await rows(
        `${declare}finding
| where last_seen_time between ((_at - _since) .. _at) and ${scoped} and (isnull(is_excluded) or is_excluded == false)
| where ${where}
| sort by severity_id desc, last_seen_time desc
| take 50
| project finding_info.uid, finding_info.title, severity, last_seen_time, finding_info.about, actor.user.name, incident.uid`,
        params(t, a),
        { signal, max: 50 },
      )
      const ids = [...new Set(findings.map((f) => text(f['incident.uid'])).filter(Boolean))]
      const incidents = ids.length
        ? await rows('declare query_parameters(_ids:dynamic);\nincident | where set_has_element(_ids, finding_info.uid) | sort by severity_id desc, last_seen_time desc | project finding_info.uid, finding_info.title, severity, last_seen_time', { _ids: JSON.stringify(ids) }, { signal, max: 50 })
        : []
      return {
        findings: findings.map((r) => ({ id: text(r['finding_info.uid']), title: text(r['finding_info.title']), severity: text(r['severity']) as Severity, last: text(r['last_seen_time']), about: text(r['finding_info.about']), user: text(r['actor.user.name']) })),
        incidents: incidents.map((r) => ({ id: text(r['finding_info.uid']), title: text(r['finding_info.title']), severity: text(r['severity']) as Severity, last: text(r['last_seen_time']) })),
      }
    },
    staleTime: 60_000,
  })
}

/** Change is one state of an object, and in words what was other before. */
export interface Change {
  time: string
  change: string
  words: string
  uid: string
}

export interface Past {
  changes: Change[]
  /** document is the object as it was at the moment. */
  document: unknown
  labels: [string, string][]
  digests: string[]
}

const mostChanges = 200

/** usePast reads how an object changed; only what the inventory tells of has a past. */
export function usePast(t: Thing, a: Asked) {
  const object = ['pods', 'workloads', 'nodes', 'namespaces', 'roles'].includes(t.kind) || (t.kind === 'accounts' && t.what === 'ServiceAccount')
  const name = t.kind === 'accounts' ? t.name.slice(t.name.lastIndexOf(':') + 1) : t.name
  return useQuery<Past, Failed>({
    queryKey: ['inventory', 'past', t.kind, t.what, t.cluster, t.namespace, t.name, a.at],
    enabled: object,
    queryFn: async ({ signal }) => {
      const asked = { _at: a.at, _cluster: t.cluster, _ns: t.namespace, _name: name, _kind: t.what }
      const which = `declare query_parameters(_at:datetime, _cluster:string, _ns:string, _name:string, _kind:string);
inventory
| where inventory.kind == _kind and resource.name == _name and (_ns == "" or k8s.namespace == _ns) and (_cluster == "" or k8s.cluster == _cluster)
`
      const [changes, now] = await Promise.all([
        rows(`${which}| sort by time desc\n| take ${mostChanges}\n| project time, change = inventory.change, phase = inventory.phase, node = k8s.node, images = inventory.images, account = k8s.service_account, ips = inventory.ips, version = inventory.resource_version, uid = resource.uid`, asked, { signal, max: mostChanges }),
        rows(`${which}| where time <= _at or inventory.created_time <= _at\n| extend distance = iff(time <= _at, _at - time, 365000d + (time - _at))\n| top 1 by distance asc\n| project raw_data, labels = inventory.labels, digests = inventory.image_digests`, asked, { signal, max: 1 }),
      ])
      const labels = now[0]?.['labels']
      return {
        changes: changes.map((r, i) => ({ time: text(r['time']), change: text(r['change']), uid: text(r['uid']), words: other(r, changes[i + 1]) })),
        document: now[0]?.['raw_data'],
        labels: labels && typeof labels === 'object' ? Object.entries(labels as Record<string, unknown>).map(([k, v]) => [k, text(v)]) : [],
        digests: texts(now[0]?.['digests']),
      }
    },
    staleTime: 60_000,
  })
}

/** other says in words what a row has that the one before it had not. */
function other(now: Row, before: Row | undefined): string {
  const is = (r: Row | undefined, name: string) => (Array.isArray(r?.[name]) ? texts(r[name]).join(' ') : text(r?.[name]))
  const words: string[] = []
  if (before && text(before['uid']) !== text(now['uid'])) words.push('another object of the same name')
  for (const [name, says] of Object.entries({ phase: 'state', node: 'node', account: 'account', images: 'images', ips: 'addresses' })) {
    const value = is(now, name)
    if (value && value !== is(before, name)) words.push(`${says} ${value}`)
  }
  return words.join(', ') || (before && text(now['change']) === 'changed' ? 'something else of it' : '')
}
