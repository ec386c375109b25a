// Rules that people write here: asked, kept, ended, and what they were before.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Failed, get, send } from '../../api/client'
import type { OwnRule, StoredOwnRule } from '../../api/schema'

/** prefix begins the id of every rule that people write here. */
export const prefix = 'own_'

/** ownOf is the id of the rule that people wrote here in whose text another stands; '' for any other file. */
export function ownOf(file: string): string {
  return /^own\/(own_\w+)\.yml$/.exec(file)?.[1] ?? ''
}

/** useOwn asks for a rule until it is in force; null is one that was removed from here. */
export function useOwn(id: string) {
  return useQuery<StoredOwnRule | null, Failed>({
    queryKey: ['own-rule', id],
    enabled: id !== '',
    queryFn: ({ signal }) => get<StoredOwnRule>(`/own-rules/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: (q) => (q.state.data && !q.state.data.in_force ? 1000 : false),
    staleTime: 15_000,
    retry: false,
  })
}

export interface Change {
  time: string
  by: string
  /** rule is what it was from then on; null where it was removed. */
  rule: OwnRule | null
}

/** useChanges are the changes of a rule, the latest first. */
export function useChanges(id: string) {
  return useQuery<Change[], Failed>({
    queryKey: ['own-rule-history', id],
    queryFn: async ({ signal }) => (await get<{ changes: Change[] }>(`/own-rules/${encodeURIComponent(id)}/history`, {}, signal)).changes.reverse(),
    retry: false,
  })
}

/** useKeep keeps and ends rules, and has everything read again that shows them. */
export function useKeep(id: string) {
  const client = useQueryClient()
  const told = () => Promise.all([['own-rule-history', id], ['rules'], ['attack']].map((queryKey) => client.invalidateQueries({ queryKey })))
  return {
    keep: async (body: { document: string; query: string; on: boolean; note: string; revision?: number }) => {
      const kept = await send<StoredOwnRule>('PUT', `/own-rules/${encodeURIComponent(id)}`, body)
      client.setQueryData(['own-rule', id], kept)
      client.removeQueries({ queryKey: ['rule', id] }) // it is another one when this one is in force
      await told()
      return kept
    },
    end: async () => {
      await send('DELETE', `/own-rules/${encodeURIComponent(id)}`)
      client.setQueryData(['own-rule', id], null)
      await told()
    },
  }
}
