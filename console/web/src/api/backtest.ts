// A backtest under way: its lines are read as they come, and it ends when nobody waits for it any more.
import { useCallback, useEffect, useRef, useState } from 'react'
import { Failed, request } from './client'
import { lines } from './lines'
import type { Backtest, BacktestAnswer, BacktestLine } from './schema'

export interface Tried {
  running: boolean
  canceled: boolean
  progress?: NonNullable<BacktestLine['progress']>
  answer?: BacktestAnswer
  error?: Failed
}

/** useBacktest tries rules on the stored past. A new try ends the one before it, and so does leaving the page. */
export function useBacktest(): { tried: Tried | null; start: (b: Backtest) => void; cancel: () => void } {
  const [tried, setTried] = useState<Tried | null>(null)
  const under = useRef<AbortController | null>(null)
  useEffect(() => () => under.current?.abort(), [])
  const cancel = useCallback(() => under.current?.abort(), [])
  const start = useCallback((b: Backtest) => {
    under.current?.abort()
    const stop = new AbortController()
    under.current = stop
    const show = (t: Tried) => under.current === stop && setTried(t)
    show({ running: true, canceled: false })
    void (async () => {
      try {
        const r = await request('POST', '/api/v1/rules/backtest', b, 'application/x-ndjson', stop.signal)
        for await (const line of lines<BacktestLine>(r)) {
          if (line.error) return show({ running: false, canceled: false, error: new Failed(line.error) })
          if (line.answer) return show({ running: false, canceled: false, answer: line.answer })
          show({ running: true, canceled: false, progress: line.progress })
        }
        show({ running: false, canceled: false, error: new Failed({ code: 'internal', message: 'The answer broke off.', do: 'Try it again.' }) })
      } catch (e) {
        if (stop.signal.aborted) show({ running: false, canceled: true })
        else show({ running: false, canceled: false, error: e instanceof Failed ? e : new Failed({ code: 'internal', message: String(e) }) })
      }
    })()
  }, [])
  return { tried, start, cancel }
}
