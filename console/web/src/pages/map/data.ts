// The map as the server gives it, for the time that the address names.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Failed, get } from '../../api/client'
import type { MapEdge, MapNode, TalkMap } from '../../api/schema'

export type { MapEdge, MapNode, TalkMap }

/** Span is a time: how long ago it begins, or from when to when; nothing of it means the last day. */
export interface Span {
  since: string
  from: string
  to: string
}

/** every is how often a map of the present is read again, in milliseconds. */
const every = 30_000

export interface Answer {
  map: TalkMap
  /** past says that the last day has nothing, and that what is shown is the last day that had something. */
  past: boolean
}

const day = 86_400_000

async function read(span: Span, focus: string, signal: AbortSignal): Promise<Answer> {
  const ask = (params: Record<string, string>) => get<TalkMap>('/map', { ...params, focus }, signal)
  if (span.from || span.since) return { map: await ask(span.from ? { from: span.from, to: span.to } : { since: span.since }), past: false }
  const map = await ask({})
  if (map.edges.length > 0 || !map.latest) return { map, past: false }
  const last = Date.parse(map.latest) + 1000
  return { map: await ask({ from: new Date(last - day).toISOString(), to: new Date(last).toISOString() }), past: true }
}

/** useMap reads a map; focus is what is looked at closely, '' for all. While another is read the one before is shown. */
export function useMap(span: Span, focus: string, enabled = true) {
  return useQuery<Answer, Failed>({
    queryKey: ['map', span, focus],
    enabled,
    queryFn: ({ signal }) => read(span, focus, signal),
    refetchInterval: span.from ? false : every,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
}
