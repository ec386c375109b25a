// The text of a rule of one's own, edited; what is wrong with it, and what it must learn first, says the server while one writes.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { Failed, send } from '../api/client'
import type { CheckedRule, Learns } from '../api/schema'
import { count, listed, visible } from '../format'
import { Failure } from './parts'

/** pause is how long nothing must be written before the server is asked, in milliseconds. */
const pause = 400

/** useChecked says what the server has to say of a text, once it stands still; what it said of the text before is not shown. */
export function useChecked(id: string | undefined, text: string) {
  const [still, setStill] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setStill(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  const asked = useQuery<CheckedRule, Failed>({
    queryKey: ['rule-check', id ?? '', still],
    enabled: still.trim() !== '',
    queryFn: () => send('POST', '/rules/check', { ...(id ? { id } : {}), document: still }),
    staleTime: 60_000,
    retry: false,
  })
  return { asked, checked: still === text ? asked.data : undefined }
}

export function RuleEditor({ id, text, change }: { id?: string; text: string; change: (text: string) => void }) {
  const { asked, checked } = useChecked(id, text)
  const box = useRef<HTMLTextAreaElement>(null)
  const said = useId()
  const go = (line: number) => {
    const el = box.current
    if (!el) return
    const lines = text.split('\n')
    const from = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
    el.focus()
    el.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
  }
  return (
    <div className="stack">
      <label className="labelled">
        The rule
        <textarea ref={box} aria-label="The rule" aria-describedby={said} aria-invalid={(checked?.errors.length ?? 0) > 0} className="field full mono rule-document" rows={Math.min(26, Math.max(14, text.split('\n').length + 1))} spellCheck={false} value={text} onChange={(e) => change(e.target.value)} />
      </label>
      <div id={said} aria-live="polite" data-checked={checked ? checked.errors.length : ''}>
        {!text.trim() ? (
          <p className="small muted">There is no text yet.</p>
        ) : asked.isError ? (
          <Failure error={asked.error} />
        ) : !checked ? (
          <p className="small muted">The server reads it…</p>
        ) : checked.errors.length > 0 ? (
          <div className="note bad">
            <strong>{count(checked.errors.length, 'thing is', 'things are')} wrong with it:</strong>
            <ul className="plain-list">
              {checked.errors.map((e, i) => (
                <li key={i}>
                  <button type="button" className="link" onClick={() => go(e.line)}>
                    Line {e.line}
                  </button>
                  : {visible(e.message)}
                </li>
              ))}
            </ul>
          </div>
        ) : (
          <p className="small">
            <span className="status-closed" aria-hidden="true">
              ●
            </span>{' '}
            Nothing is wrong with it; {checked.tests === 0 ? 'it has no tests of its own.' : `${checked.tests === 1 ? 'its test holds' : `its ${checked.tests} tests hold`}.`}
          </p>
        )}
        {checked?.learns.map((l, i) => <Learning key={i} learns={l} />)}
      </div>
    </div>
  )
}

/** Learning says what a rule must know before it calls anything new. */
export function Learning({ learns: l }: { learns: Learns }) {
  const hours = l.hours === 24 ? 'a day' : count(l.hours, 'hour')
  return (
    <p className="note small" data-learns={l.silent ? 'silent' : ''}>
      It asks whether {listed(l.key.map(visible))} {l.key.length > 1 ? 'together are' : 'is'} new{l.within.length > 0 && ` within ${listed(l.within.map(visible))}`}. It says so only where it knows {hours} of the past with {l.matches} matches of its
      own{l.silent ? <>; until then <strong>it is silent</strong>. </> : '; until then its severity does not rise by that. '}
      Switched on, it first learns from what is stored.
    </p>
  )
}
