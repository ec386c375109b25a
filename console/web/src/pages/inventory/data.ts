// What the pages of the inventory read, and when they read it again.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Failed, get } from '../../api/client'
import type { Cluster } from '../../api/schema'
import { may, useWho } from '../../session'
import { bindings, callers, found, most, newest, objects, touched, written, type Asked } from './ask'
import { accounts, bindingsOf, fromInventory, fromRequests, gathered, text, type Snapshot } from './known'
import { findingsOf, relate, type Found, type Relations } from './relations'
import { type Thing } from './things'

const dayMs = 86_400_000

/** Moment is the time that a page is about. */
export interface Moment {
  at: string
  /** past says that nothing newer is known, so that it is not the present. */
  past: boolean
}

/** useMoment is the chosen time; without one the present, or the time of the newest event where that was long ago. */
export function useMoment(chosen: string): Moment | undefined {
  const who = useWho()
  const latest = useQuery<string, Failed>({
    queryKey: ['inventory', 'newest'],
    enabled: !chosen && may(who, 'analyst'),
    queryFn: async ({ signal }) => text((await newest(signal))[0]?.['newest']),
    staleTime: 60_000,
  })
  return useMemo(() => {
    if (chosen) return { at: chosen, past: false }
    if (latest.data === undefined && !latest.isError) return undefined
    const now = Date.now()
    const t = Date.parse(latest.data ?? '')
    const past = !Number.isNaN(t) && (t < now - dayMs || t > now)
    // Up to the minute, so that what was read a moment ago is still good.
    return { at: new Date(past ? t + 1 : Math.ceil(now / 60_000) * 60_000).toISOString(), past }
  }, [chosen, latest.data, latest.isError])
}

export interface Known {
  snapshot: Snapshot
  relations: Relations
  findings: (t: Thing) => Found | undefined
}

/** useKnown reads what there was at a moment. */
export function useKnown(a: Asked | undefined) {
  const who = useWho()
  return useQuery<Known, Failed>({
    queryKey: ['inventory', 'known', a],
    enabled: a !== undefined && may(who, 'analyst'),
    queryFn: async ({ signal }) => {
      const asked = a as Asked
      const [listed, bound, called, about] = await Promise.all([objects(asked, signal), bindings(asked, signal), callers(asked, signal), found(asked, signal)])
      const binds = bindingsOf(bound)
      let all = fromInventory(listed)
      let told: Snapshot['told'] = 'inventory'
      if (all.length === 0) {
        const [seen, wrote] = await Promise.all([touched(asked, signal), written(asked, signal)])
        all = fromRequests(seen, wrote)
        told = all.length + called.length > 0 ? 'audit' : 'nothing'
      }
      const snapshot = gathered(all, accounts(all.filter((t) => t.kind === 'accounts'), called, binds, asked.cluster), binds, told, listed.length >= most)
      return { snapshot, relations: relate(snapshot), findings: findingsOf(about) }
    },
    staleTime: 60_000,
    gcTime: 120_000,
    // While another minute is read the last one stays in sight, marked as old.
    placeholderData: (before: Known | undefined) => before,
  })
}

/** useClusters are the clusters that report, and how their agents do. */
export function useClusters() {
  return useQuery<Cluster[], Failed>({ queryKey: ['clusters'], queryFn: async ({ signal }) => (await get<{ clusters: Cluster[] }>('/clusters', {}, signal)).clusters, staleTime: 60_000 })
}
