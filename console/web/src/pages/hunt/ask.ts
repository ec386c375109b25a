// A question under way: its lines are read as they come, and it ends when nobody waits for it any more.
import { useCallback, useEffect, useRef, useState } from 'react'
import { Failed, request } from '../../api/client'
import { lines } from '../../api/lines'
import type { AnswerLine, Column, Coverage, Render, Stats } from '../../api/schema'

export interface Asked {
  query: string
  params: Record<string, string>
  since: string
  from: string
  to: string
}

export interface Answered {
  /** of is the question. */
  of: Asked
  columns: Column[]
  rows: unknown[][]
  render?: Render
  stats?: Stats
  progress?: { scanned_rows: number; rows: number }
  notes: string[]
  coverage?: Coverage
  error?: Failed
  /** running until the trailer came, or the question was given up. */
  running: boolean
  canceled: boolean
  started: number
}

/** mostRows are shown of an answer. */
export const mostRows = 20_000

/** useAsk asks one question at a time; told is called when an answer is whole, or failed. */
export function useAsk(told: (a: Asked, answer: Answered) => void = () => {}): { answer: Answered | null; ask: (a: Asked) => void; cancel: () => void } {
  const [answer, setAnswer] = useState<Answered | null>(null)
  const under = useRef<AbortController | null>(null)
  const tell = useRef(told)
  tell.current = told
  useEffect(() => () => under.current?.abort(), [])
  const cancel = useCallback(() => under.current?.abort(), [])
  const ask = useCallback((a: Asked) => {
    under.current?.abort()
    const stop = new AbortController()
    under.current = stop
    const now: Answered = { of: a, columns: [], rows: [], notes: [], running: true, canceled: false, started: Date.now() }
    let shown = 0
    const show = (last = false) => {
      if (under.current !== stop || (!last && Date.now() - shown < 120)) return
      shown = Date.now()
      setAnswer({ ...now, rows: now.rows.slice() })
    }
    show()
    void (async () => {
      try {
        const body: Record<string, unknown> = { query: a.query, max_rows: mostRows }
        if (Object.keys(a.params).length > 0) body['params'] = a.params
        if (a.from) body['from'] = a.from
        if (a.to) body['to'] = a.to
        if (a.since && !a.from) body['since'] = a.since
        const r = await request('POST', '/api/v1/query', body, 'application/x-ndjson', stop.signal)
        let whole = false
        for await (const line of lines<AnswerLine>(r)) {
          if (line.type === 'header') {
            now.columns = line.columns
            now.render = line.render
          } else if (line.type === 'rows') now.rows.push(...(line.rows as unknown[][]))
          else if (line.type === 'progress') now.progress = line
          else {
            whole = true
            now.stats = line.stats
            now.notes = line.notes
            now.coverage = line.coverage
            if (line.error) now.error = new Failed(line.error)
          }
          show()
        }
        if (!whole) now.error = new Failed({ code: 'internal', message: 'The answer broke off.', do: 'Ask again.' })
      } catch (e) {
        if (stop.signal.aborted) now.canceled = true
        else now.error = e instanceof Failed ? e : new Failed({ code: 'internal', message: String(e) })
      }
      now.running = false
      show(true)
      if (!now.canceled) tell.current(a, now)
    })()
  }, [])
  return { answer, ask, cancel }
}
