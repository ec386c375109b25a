// What the page asks of the server, and how findings are decided about.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { Failed, get, send } from '../../api/client'
import type { Coverage, Finding, FindingGroup, FindingSummary, TriageStep } from '../../api/schema'
import type { CaseStatus, Resolution } from '../../api/schema'
import type { Filter } from './filter'

export interface Page {
  findings: Finding[]
  next: string
  as_of: string
  coverage?: Coverage
}

/** pageSize is how many findings are read at a time; more come as one scrolls. */
const pageSize = 200

export function useList(filter: Filter, sort: string, enabled: boolean) {
  return useInfiniteQuery<Page, Failed, { pages: Page[] }, unknown[], string>({
    queryKey: ['findings', 'list', filter, sort],
    enabled,
    queryFn: ({ pageParam, signal }) => get<Page>('/findings', { ...filter, sort, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
  })
}

export function useSummary(filter: Filter, by: string) {
  return useQuery<FindingSummary, Failed>({
    queryKey: ['findings', 'summary', filter, by],
    queryFn: ({ signal }) => get<FindingSummary>('/summary/findings', { ...filter, by }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  })
}

/** mostOfGroup is how many findings of an open group are shown. */
export const mostOfGroup = 100

/** withGroup narrows a filter to a group. */
export function withGroup(filter: Filter, by: string, group: FindingGroup): Filter {
  return { ...filter, [by]: [group.value] }
}

/** useGroups reads the findings of the groups that are open, by the value of each. */
export function useGroups(filter: Filter, by: string, open: FindingGroup[]): Map<string, Page | undefined> {
  return useQueries({
    queries: open.map((g) => ({
      queryKey: ['findings', 'group', filter, by, g.value],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<Page>('/findings', { ...withGroup(filter, by, g), limit: mostOfGroup }, signal),
      placeholderData: keepPreviousData,
    })),
    combine: (results) => new Map(open.map((g, i) => [g.value, results[i]?.data])),
  })
}

export interface Decision {
  ids?: string[]
  filter?: string
  all?: boolean
  status?: CaseStatus
  resolution?: Resolution
  assignee?: string
  comment?: string
}

export function useDecideFindings(done: (step: TriageStep) => void) {
  const client = useQueryClient()
  return useMutation<TriageStep, Failed, Decision>({
    mutationFn: (d) => send<TriageStep>('POST', '/triage', d),
    onSuccess: (step) => {
      void client.invalidateQueries({ queryKey: ['findings'] })
      void client.invalidateQueries({ queryKey: ['finding'] })
      done(step)
    },
  })
}

export function useUndo(done: (step: TriageStep) => void) {
  const client = useQueryClient()
  return useMutation<TriageStep, Failed, string>({
    mutationFn: (id) => send<TriageStep>('DELETE', `/triage/${encodeURIComponent(id)}`),
    onSuccess: (step) => {
      void client.invalidateQueries({ queryKey: ['findings'] })
      void client.invalidateQueries({ queryKey: ['finding'] })
      done(step)
    },
  })
}

/** said tells what a step did. */
export function said(s: TriageStep): string {
  const words: string[] = []
  if (s.status) words.push(s.status === 'closed' ? `closed as ${(s.resolution ?? '').replace('_', ' ')}` : `set to ${s.status}`)
  if (s.assignee !== undefined) words.push(s.assignee ? `assigned to ${s.assignee}` : 'assigned to nobody')
  if (s.comment) words.push('commented')
  return words.join(', ')
}
