// The graph of an incident: who, by which calls, on what, what ran there and what that touched. Columns stand for kinds; a
// node's place is decided by when it was first seen, so the same incident is always drawn the same.
import type { FindingDocument } from '../../api/documents'
import { Builder, place, type GraphLayout } from '../../ui/graph/layout'
import type { Happening } from './data'

const titles = ['From', 'Who', 'API call', 'On what', 'Process', 'Started by it', 'File or address']

/** singular are kinds as one says them of one thing; others lose their s. */
function singular(resource: string): string {
  if (resource.endsWith('policies')) return resource.replace(/ies$/, 'y')
  return resource.replace(/s$/, '')
}

function target(f: FindingDocument): { kind: string; label: string } | undefined {
  const r = f.resource
  if (r.name) return { kind: singular(r.resource), label: r.namespace ? `${r.namespace}/${r.name}` : r.name }
  if (r.resource) return { kind: r.resource, label: r.namespace ? `${r.resource} in ${r.namespace}` : `all ${r.resource}` }
  return undefined
}

const valueOf = (f: FindingDocument, ...fields: string[]) => fields.map((name) => f.evidence.find((e) => e.field === name)?.value).find(Boolean) ?? ''

function addFinding(b: Builder, f: FindingDocument): void {
  const time = f.time ?? ''
  const who = f.actor.service_account || f.actor.user
  let last = ''
  if (who) {
    last = b.node(1, f.actor.service_account ? 'service account' : 'user', who, f.severity, time, f.id)
    for (const ip of f.actor.ips.slice(0, 4)) b.edge(b.node(0, f.actor.outside === 'yes' ? 'outside address' : 'address', ip, f.severity, time, f.id), last, f.id)
  }
  const r = f.resource
  if (r.verb && r.resource) {
    const call = b.node(2, 'request', `${r.verb} ${r.resource}${r.subresource ? `/${r.subresource}` : ''}`, f.severity, time, f.id)
    if (last) b.edge(last, call, f.id)
    last = call
  }
  const pod = valueOf(f, 'k8s.pod')
  const on = target(f) ?? (pod ? { kind: 'pod', label: `${valueOf(f, 'k8s.namespace') || r.namespace}/${pod}` } : undefined)
  if (on) {
    const object = b.node(3, on.kind, on.label, f.severity, time, f.id)
    if (last) b.edge(last, object, f.id)
    last = object
  }
  const ran = r.command || valueOf(f, 'process.cmd_line', 'actor.process.cmd_line', 'process.file.path')
  if (ran) {
    const process = b.node(4, 'process', ran, f.severity, time, f.id)
    if (last) b.edge(last, process, f.id)
    last = process
  }
  const touched = valueOf(f, 'file.path', 'dst_endpoint.hostname', 'dst_endpoint.ip', 'query.hostname')
  if (touched && last) b.edge(last, b.node(6, touched.startsWith('/') ? 'file' : 'address', touched, f.severity, time, f.id), f.id)
}

/** addTokens joins pods whose tokens were used elsewhere to whom the tokens are of. */
function addTokens(b: Builder, findings: FindingDocument[]): void {
  for (const f of findings) {
    if (!f.actor.token_pod || !f.actor.service_account) continue
    const name = f.actor.token_pod.includes('/') ? f.actor.token_pod : `${f.actor.service_account.split('/')[0] ?? ''}/${f.actor.token_pod}`
    const pod = `3 pod ${name}`
    if (b.nodes.has(pod)) b.edge(pod, `1 service account ${f.actor.service_account}`, f.id, true, 'its token was used')
  }
}

/** addHappening adds what a process did; started are the commands whose start was seen, by pod: what they start stands behind them. */
function addHappening(b: Builder, h: Happening, started: Set<string>): void {
  const pod = `3 pod ${h.pod}`
  if (!b.nodes.has(pod) || !h.process) return
  const child = h.parent !== '' && h.parent !== h.process && started.has(`${h.pod} ${h.parent}`)
  const known = [4, 5].map((c) => `${c} process ${h.process}`).find((id) => b.nodes.has(id))
  const process = known ?? b.node(child ? 5 : 4, 'process', h.process, 'informational', h.time, '')
  if (child && process.startsWith('5')) b.edge(b.node(4, 'process', h.parent, 'informational', h.time, ''), process, '')
  else if (!known) b.edge(pod, process, '')
  const touched = h.peer || h.file
  if (touched && h.table !== 'process') b.edge(process, b.node(6, h.table === 'file' ? 'file' : 'address', touched, 'informational', h.time, ''), '')
}

/** layOut draws what findings and containers tell, within a width. */
export function layOut(findings: FindingDocument[], happenings: Happening[], width: number): GraphLayout {
  const b = new Builder()
  for (const f of findings) addFinding(b, f)
  addTokens(b, findings)
  const started = new Set(happenings.filter((h) => h.table === 'process').map((h) => `${h.pod} ${h.process}`))
  for (const h of happenings) addHappening(b, h, started)
  return place(b, titles, width)
}
