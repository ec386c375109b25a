// What the page of an incident is made of, and how it is asked for.
import { useQuery } from '@tanstack/react-query'
import { Failed, get, rows, type Row } from '../../api/client'
import type { FindingDocument, IncidentDocument } from '../../api/documents'
import type { Case, Finding, Incident } from '../../api/schema'
import { quoted } from '../../format'
import { may, useWho } from '../../session'

export interface Told {
  incident: Incident
  document: IncidentDocument
}

export function useIncident(id: string) {
  return useQuery<Told, Failed>({
    queryKey: ['incident', id],
    queryFn: async ({ signal }) => {
      const incident = await get<Incident>(`/incidents/${encodeURIComponent(id)}`, {}, signal)
      return { incident, document: incident.document as unknown as IncidentDocument }
    },
    refetchInterval: 30_000,
  })
}

/** useFindings gives the findings of an incident with their documents, in order of time. */
export function useFindings(id: string) {
  return useQuery<FindingDocument[], Failed>({
    queryKey: ['incident', id, 'findings'],
    queryFn: async ({ signal }) => {
      const page = await get<{ findings: Finding[] }>('/findings', { incident: id, documents: 'yes', limit: 1000 }, signal)
      const documents = page.findings.map((f) => f.document as unknown as FindingDocument | null).filter((d) => d !== null)
      return documents.sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''))
    },
    refetchInterval: 30_000,
  })
}

export function useCase(id: string) {
  return useQuery<Case, Failed>({ queryKey: ['incident', id, 'case'], queryFn: ({ signal }) => get<Case>(`/incidents/${encodeURIComponent(id)}/case`, {}, signal) })
}

/** Happening is something that a container of the incident did, as the node's sensor or another tool saw it. */
export interface Happening {
  table: 'process' | 'file' | 'network' | 'dns' | 'audit'
  time: string
  late: boolean
  pod: string
  process: string
  /** parent is the command line of what started it, where that is known. */
  parent: string
  actor: string
  what: string
  file: string
  peer: string
  uid: string
}

/** mostHappenings bounds what is asked for of containers. */
export const mostHappenings = 500

/** lateAfter is by how much an event must have come later than the others of an incident to be marked, in milliseconds. */
export const lateAfter = 5 * 60_000

/** useHappenings asks for what the incident's pods did while it lasted; somebody who may not ask gets nothing. */
export function useHappenings(d: IncidentDocument | undefined) {
  const who = useWho()
  const pods = (d?.pods ?? []).map((p) => p.name)
  return useQuery<Happening[], Failed>({
    queryKey: ['incident', d?.id, 'happenings', d?.last_time, pods.length],
    enabled: may(who, 'analyst') && pods.length > 0 && Boolean(d?.time && d.last_time),
    queryFn: async ({ signal }) => {
      const names = pods.map((p) => `(k8s.namespace == ${quoted(p.split('/')[0] ?? '')} and k8s.pod == ${quoted(p.split('/')[1] ?? '')})`)
      const found = await rows(
        `declare query_parameters(first:datetime, last:datetime);
union withsource=table process, file, network, dns
| where time between ((first - 5m) .. (last + 5m))
| where table != "process" or activity != "Terminate"
| where ${names.join(' or ')}
| project table, time, received_time, metadata.uid, activity, k8s.namespace, k8s.pod, process.cmd_line, actor.process.cmd_line, process.parent_process.cmd_line, actor.process.file.path, file.path, dst_endpoint.ip, dst_endpoint.port, dst_endpoint.hostname, query.hostname
| sort by time asc
| take ${mostHappenings}`,
        { first: d?.time ?? '', last: d?.last_time ?? '' },
        { signal, max: mostHappenings },
      )
      return happenings(found)
    },
  })
}

const text = (v: unknown) => (typeof v === 'string' ? v : v === null || v === undefined ? '' : String(v))

function happenings(found: Row[]): Happening[] {
  const delays = found.map((r) => Date.parse(text(r['received_time'])) - Date.parse(text(r['time'])))
  const usual = Math.min(...delays)
  return found.map((r, i) => {
    const table = text(r['table']) as Happening['table']
    const process = text(r['process.cmd_line']) || text(r['actor.process.cmd_line']) || text(r['actor.process.file.path'])
    const name = text(r['dst_endpoint.hostname']) || text(r['dst_endpoint.ip'])
    const peer = table === 'network' && name ? `${name}${r['dst_endpoint.port'] ? `:${text(r['dst_endpoint.port'])}` : ''}` : text(r['query.hostname'])
    const activity = text(r['activity'])
    const what = { process: `${activity || 'Launch'}: ${process}`, file: `${activity} ${text(r['file.path'])}`, network: `${activity} ${peer}`, dns: `asked for ${peer}`, audit: '' }[table] ?? activity
    return {
      table, process, what, actor: '', parent: table === 'process' ? text(r['process.parent_process.cmd_line']) || text(r['actor.process.cmd_line']) : '', peer, time: text(r['time']), late: (delays[i] ?? 0) - usual > lateAfter, file: text(r['file.path']),
      pod: `${text(r['k8s.namespace'])}/${text(r['k8s.pod'])}`, uid: text(r['metadata.uid']),
    }
  })
}

/** mostRequests bounds how many requests that no rule found are shown beside what was found. */
const mostRequests = 200

/** useRequests asks for what else the incident's actors asked of the API while it lasted; the cluster's own parts ask all the time and are left out. */
export function useRequests(d: IncidentDocument, findings: FindingDocument[]) {
  const who = useWho()
  const names = d.actors.map((a) => (a.kind === 'service account' && !a.name.startsWith('system:') ? `system:serviceaccount:${a.name.replace('/', ':')}` : a.name)).filter((n) => !/^system:(node:|kube-|apiserver)/.test(n))
  const found = findings.flatMap((f) => f.event_uids)
  return useQuery<Happening[], Failed>({
    queryKey: ['incident', d.id, 'requests', d.last_time, found.length],
    enabled: may(who, 'analyst') && names.length > 0 && findings.length > 0 && Boolean(d.time && d.last_time),
    queryFn: async ({ signal }) => {
      const list = await rows(
        `declare query_parameters(first:datetime, last:datetime);
audit | where time between (first .. last) and actor.user.name in (${names.map(quoted).join(', ')})
| project time, received_time, metadata.uid, actor.user.name, api.operation, resource.type, resource.subresource, k8s.namespace, resource.name, http_request.url.path, api.response.code
| sort by time asc | take ${mostRequests * 5}`,
        { first: d.time ?? '', last: d.last_time ?? '' },
        { signal, max: mostRequests * 5 },
      )
      const told = new Set(found)
      return list.filter((r) => !told.has(text(r['metadata.uid']))).slice(0, mostRequests).map((r): Happening => {
        const on = [text(r['k8s.namespace']), text(r['resource.type']) + (text(r['resource.subresource']) ? `/${text(r['resource.subresource'])}` : ''), text(r['resource.name'])].filter(Boolean).join('/') || text(r['http_request.url.path'])
        const code = Number(r['api.response.code'] ?? 0)
        return { table: 'audit', time: text(r['time']), late: false, pod: '', process: '', parent: '', actor: text(r['actor.user.name']), what: `${text(r['api.operation'])} ${on}${code >= 400 ? `, refused or failed (${code})` : ''}`, file: '', peer: '', uid: text(r['metadata.uid']) }
      })
    },
  })
}
