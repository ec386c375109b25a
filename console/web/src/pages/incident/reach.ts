// What the things of an incident could reach: what its accounts may do by their roles, which secrets that lets them read, and
// what stood beside its pods. Everything is of the end of the incident, and what is not known is said to be so.
import { useQuery } from '@tanstack/react-query'
import { address, Failed, request, rows, type Row } from '../../api/client'
import type { IncidentDocument } from '../../api/documents'
import type { Incident } from '../../api/schema'
import { listed, quoted } from '../../format'
import { may, useWho } from '../../session'

/** Right is a part of what the API says of an account's rights. */
interface Right {
  namespace: string
  verbs: string[]
  resources: string[]
  names: string[]
  powers: string[]
  requests: number
}

interface Access {
  known: boolean
  everything: boolean
  rights: Right[]
}

export interface AccountReach {
  account: string
  /** why it belongs here: it acted, or a pod of the incident runs as it. */
  why: string
  known: boolean
  everything: boolean
  powers: string[]
  /** secrets are those that it may read, in words. */
  secrets: string[]
  rights: number
}

export interface PodReach {
  pod: string
  node: string
  account: string
  /** neighbours are the other pods of its node. */
  neighbours: string[]
}

export interface Reach {
  accounts: AccountReach[]
  pods: PodReach[]
  /** inventory is whether any pod was known at that time. */
  inventory: boolean
}

/** mostAccounts bounds whose rights are asked for. */
const mostAccounts = 6

const reading = ['get', 'list', 'watch', '*']

/** secretsOf says which secrets rights let one read. */
export function secretsOf(rights: Right[]): string[] {
  const out = new Set<string>()
  for (const r of rights) {
    if (!r.verbs.some((v) => reading.includes(v)) || !r.resources.some((x) => x === 'secrets' || x === '*')) continue
    const where = r.namespace ? `in ${r.namespace}` : 'of the whole cluster'
    out.add(r.names.length > 0 ? `${listed(r.names, 4)} ${where}` : `all ${where}`)
  }
  return out.has('all of the whole cluster') ? ['all of the whole cluster'] : [...out]
}

/** access asks for the rights of an account; a server that does not answer that knows nothing of them. */
async function access(account: string, cluster: string, at: string, signal: AbortSignal): Promise<Access | undefined> {
  try {
    return (await (await request('GET', address('/account', { user: account, cluster, at, since: '1h' }), undefined, undefined, signal)).json()) as Access
  } catch (e) {
    if (e instanceof Failed && ['not_found', 'forbidden', 'bad_request', 'unavailable'].includes(e.code)) return undefined
    throw e
  }
}

const text = (v: unknown) => (typeof v === 'string' ? v : '')

/** beside asks for the pods of the incident as they stood at a time, and for those on the same nodes. */
async function beside(names: string[], cluster: string, at: string, signal: AbortSignal): Promise<{ known: boolean; pods: PodReach[] }> {
  const found = await rows(
    `declare query_parameters(at:datetime, cluster:string);
inventory | where time <= at and inventory.kind == "Pod" and (isempty(cluster) or k8s.cluster == cluster)
| summarize arg_max(time, inventory.change, inventory.phase, k8s.node, k8s.service_account) by k8s.namespace, k8s.pod
| extend mine = strcat(k8s.namespace, "/", k8s.pod) in (${names.map(quoted).join(', ') || '""'})
| where mine or inventory.change !in ("deleted", "gone") and inventory.phase !in ("Succeeded", "Failed")
| project mine, k8s.namespace, k8s.pod, k8s.node, k8s.service_account
| take 5000`,
    { at, cluster },
    { signal, max: 5000 },
  )
  const name = (r: Row) => `${text(r['k8s.namespace'])}/${text(r['k8s.pod'])}`
  const on = new Map<string, string[]>()
  for (const r of found) if (text(r['k8s.node'])) on.set(text(r['k8s.node']), [...(on.get(text(r['k8s.node'])) ?? []), name(r)])
  const pods = found.filter((r) => r['mine'] === true).map((r) => ({ pod: name(r), node: text(r['k8s.node']), account: text(r['k8s.service_account']), neighbours: (on.get(text(r['k8s.node'])) ?? []).filter((p) => !names.includes(p)).sort() }))
  return { known: found.length > 0, pods }
}

/** userOf is a service account, namespace/name, as the API server names it. */
const userOf = (account: string) => (/^[^:/]+\/[^:/]+$/.test(account) ? `system:serviceaccount:${account.replace('/', ':')}` : account)

export function useReach(incident: Incident, d: IncidentDocument) {
  const who = useWho()
  return useQuery<Reach, Failed>({
    queryKey: ['incident', d.id, 'reach', d.last_time],
    enabled: may(who, 'analyst') && Boolean(d.last_time),
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const at = d.last_time ?? ''
      const around = await beside(d.pods.map((p) => p.name), incident.cluster, at, signal)
      const asked = new Map<string, string>()
      for (const a of d.actors) if (a.kind !== 'anonymous') asked.set(userOf(a.name), 'acted')
      for (const a of d.actors) for (const other of a.as) if (!asked.has(userOf(other))) asked.set(userOf(other), `${a.name} acted as it`)
      for (const p of around.pods) if (p.account && !asked.has(userOf(p.account))) asked.set(userOf(p.account), `${p.pod} runs as it`)
      const accounts = await Promise.all(
        [...asked].slice(0, mostAccounts).map(async ([account, why]): Promise<AccountReach> => {
          const a = await access(account, incident.cluster, at, signal)
          const rights = a?.rights ?? []
          return { account, why, known: Boolean(a && (a.known || a.everything)), everything: Boolean(a?.everything), powers: [...new Set(rights.flatMap((r) => r.powers))], secrets: secretsOf(rights), rights: rights.length }
        }),
      )
      return { accounts, pods: around.pods, inventory: around.known }
    },
  })
}

/** reachWords says a reach in sentences, as the report has it. */
export function reachWords(r: Reach): string[] {
  return [
    ...r.accounts.map((a) => {
      if (!a.known) return `${a.account} (${a.why}): what it may do is not known, no role of that time is.`
      if (a.everything) return `${a.account} (${a.why}): everything, no role limits it.`
      if (a.rights === 0) return `${a.account} (${a.why}): no role is bound to it.`
      return `${a.account} (${a.why}): ${a.powers.length > 0 ? `may ${listed(a.powers, 8)}` : 'no right that leads to more'}; secrets: ${a.secrets.length > 0 ? listed(a.secrets, 6) : 'none'}.`
    }),
    ...r.pods.map((p) => `${p.pod} on node ${p.node || 'that is not known'}, beside ${p.neighbours.length} other pods${p.neighbours.length > 0 ? `: ${listed(p.neighbours, 6)}` : ''}.`),
    ...(r.inventory ? [] : ['What the cluster contained then is not known: no inventory of that time is in the store.']),
  ]
}
