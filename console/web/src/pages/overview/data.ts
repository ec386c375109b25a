// What the overview is made of. Everything comes from lists that each role may read; what needs questions is left out for viewers.
import { useQuery } from '@tanstack/react-query'
import { Failed, get, rows } from '../../api/client'
import type { Coverage, Finding, Incident, SourceState, Status } from '../../api/schema'
import { limited, may, seesSources, useWho } from '../../session'

export const dayMs = 86_400_000
/** mostFindings are looked at for a day; with more the page says that it is a part. */
export const mostFindings = 1000

export interface Day {
  /** end is now, or when the latest finding was last seen where the last day had none. */
  end: number
  past: boolean
  findings: Finding[]
  more: boolean
}

/** useDay gives the findings of the last day, or of the last day that had any. */
export function useDay() {
  return useQuery<Day, Failed>({
    queryKey: ['overview', 'day'],
    queryFn: async ({ signal }) => {
      const page = await get<{ findings: Finding[]; next: string; coverage?: Coverage }>('/findings', { limit: mostFindings }, signal)
      const last = Math.max(0, ...page.findings.map((f) => Date.parse(f.last_seen ?? '') || 0))
      const now = Date.now()
      const past = last > 0 && last < now - dayMs
      const end = past ? last : now
      const findings = page.findings.filter((f) => (Date.parse(f.last_seen ?? '') || 0) > end - dayMs)
      return { end, past, findings, more: Boolean(page.next) && findings.length === page.findings.length }
    },
    refetchInterval: 30_000,
  })
}

export function useOpen() {
  return useQuery<Incident[], Failed>({
    queryKey: ['overview', 'incidents'],
    queryFn: async ({ signal }) => {
      const page = await get<{ incidents: Incident[] }>('/incidents', { limit: 1000 }, signal)
      return page.incidents.filter((i) => i.status === 'open' || i.status === 'investigating')
    },
    refetchInterval: 30_000,
  })
}

export interface SourceList {
  sources: SourceState[]
  missing: { role: string; what: string; enable: string }[]
}

export function useSources() {
  const who = useWho()
  return useQuery<{ status?: Status; list: SourceList; coverage: Coverage }, Failed>({
    queryKey: ['overview', 'sources'],
    enabled: seesSources(who),
    queryFn: async ({ signal }) => {
      const [status, list, coverage] = await Promise.all([limited(who) ? undefined : get<Status>('/status', {}, signal), get<SourceList>('/sources', {}, signal), get<Coverage>('/coverage', { since: '1h' }, signal)])
      return { status, list, coverage }
    },
    refetchInterval: 30_000,
  })
}

export interface News {
  users: { user: string; addresses: string[]; first: string }[]
  images: { image: string; first: string }[]
  /** begins is when the store begins: nothing is older to compare with. */
  begins: string
}

/** useNews asks what was seen in a day for the first time within a month. */
export function useNews(end: number | undefined) {
  const who = useWho()
  return useQuery<News, Failed>({
    queryKey: ['overview', 'news', Math.floor((end ?? 0) / 300_000)],
    enabled: end !== undefined && may(who, 'analyst'),
    queryFn: async ({ signal }) => {
      const params = { start: new Date((end ?? 0) - dayMs).toISOString(), stop: new Date(end ?? 0).toISOString() }
      const declare = 'declare query_parameters(start:datetime, stop:datetime);\n'
      const people = await rows(
        `${declare}audit | where time between ((start - 30d) .. stop) and actor.user.name !startswith "system:node:" and actor.user.name !startswith "system:kube-" and isnotempty(src_endpoint.ip)
| summarize first = min(time) by user = actor.user.name, address = src_endpoint.ip
| where first >= start
| summarize first = min(first), addresses = make_set(address, 8) by user
| sort by first desc | take 50`,
        params,
        { signal },
      )
      const images = await rows(
        `${declare}union process, file, network | where time between ((start - 30d) .. stop) and isnotempty(container.image.name) | summarize first = min(time) by image = container.image.name | where first >= start | sort by first desc | take 12`,
        params,
        { signal },
      )
      const begin = await rows(`${declare}audit | where time between ((start - 30d) .. stop) | summarize first = min(time)`, params, { signal })
      return {
        users: people.map((r) => ({ user: String(r['user']), addresses: (r['addresses'] as string[] | null) ?? [], first: String(r['first']) })),
        images: images.map((r) => ({ image: String(r['image']), first: String(r['first']) })),
        begins: String(begin[0]?.['first'] ?? ''),
      }
    },
    staleTime: 120_000,
  })
}
