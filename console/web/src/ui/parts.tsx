// The small parts that every page is made of.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { Failed } from '../api/client'
import type { Severity as Level } from '../api/schema'
import { ago, clockOf, dayOf, visible } from '../format'

export const levels: Level[] = ['critical', 'high', 'medium', 'low', 'informational']

/** rank is 0 for the gravest. */
export function rank(level: string): number {
  const at = levels.indexOf(level as Level)
  return at < 0 ? levels.length : at
}

const words: Record<Level, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low', informational: 'Info' }

/** shapes tell severities apart without their colours. */
const shapes: Record<Level, ReactNode> = {
  critical: <path d="M7 0l7 7-7 7-7-7z" fill="currentColor" />,
  high: <path d="M7 1l7 12H0z" fill="currentColor" />,
  medium: <rect x="1.500" y="1.500" width="11" height="11" rx="1" fill="currentColor" />,
  low: <circle cx="7" cy="7" r="5.500" fill="currentColor" />,
  informational: <circle cx="7" cy="7" r="4.700" fill="none" stroke="currentColor" strokeWidth="1.800" />,
}

export function Mark({ level, size = 12 }: { level: Level; size?: number }) {
  return (
    <svg className={`mark ${level}`} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      {shapes[level] ?? shapes.informational}
    </svg>
  )
}

export function Severity({ level }: { level: Level }) {
  return (
    <span className={`sev ${level}`}>
      <Mark level={level} />
      {words[level] ?? level}
    </span>
  )
}

/** Time is a moment in UTC; how long ago it was stands in its title. */
export function Time({ at, date = true }: { at: string | null | undefined; date?: boolean }) {
  if (!at) return <span className="muted">not known</span>
  return (
    <time dateTime={at} title={`${dayOf(at)} ${clockOf(at)} UTC, ${ago(at)}`} className="num nowrap">
      {date ? `${dayOf(at)} ` : ''}
      {clockOf(at)}
    </time>
  )
}

/** Text shows what others wrote. */
export function Text({ children }: { children: string }) {
  return <>{visible(children)}</>
}

export function Panel({ title, aside, flat, children, id }: { title: ReactNode; aside?: ReactNode; flat?: boolean; children: ReactNode; id?: string }) {
  const name = useId()
  return (
    <section className={flat ? 'panel flat' : 'panel'} aria-labelledby={name} id={id}>
      <header>
        <h2 id={name}>{title}</h2>
        {aside}
      </header>
      <div className="body">{children}</div>
    </section>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <svg width="34" height="34" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M3 16c4.500-7 8.500-9.500 13-9.500S24.500 9 29 16c-4.500 7-8.500 9.500-13 9.500S7.500 23 3 16z" fill="none" stroke="currentColor" strokeWidth="1.600" />
        <circle cx="16" cy="16" r="4.300" fill="none" stroke="currentColor" strokeWidth="1.600" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

export function Loading({ lines = 4, what }: { lines?: number; what: string }) {
  return (
    <div className="bones" role="status">
      <span className="hidden">{what} is being read</span>
      {Array.from({ length: lines }, (_, i) => (
        <i key={i} />
      ))}
    </div>
  )
}

/** Failure says what went wrong and what to do about it. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const advice = error instanceof Failed ? error.advice : ''
  return (
    <div className="note bad" role="alert">
      <strong>{visible(error.message)}</strong>
      {advice && <div className="muted">{visible(advice)}</div>}
      {again && (
        <button className="button" type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Dialog is a modal one, closed by Escape, by its button, or by a click beside it. What had the focus gets it back; what has data-first gets it meanwhile. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null)
  const name = useId()
  const opener = useRef<Element | null>(null)
  useEffect(() => {
    const d = box.current
    if (d && !d.open) {
      opener.current = document.activeElement
      d.showModal()
      d.querySelector<HTMLElement>('[data-first]')?.focus()
    }
    // A dialog that is taken away, not closed, leaves the focus nowhere. What took it since then keeps it.
    return () => {
      const back = opener.current
      const nowhere = !document.activeElement || document.activeElement === document.body
      if (nowhere && (back instanceof HTMLElement || back instanceof SVGElement) && back.isConnected) back.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog ref={box} className="dialog" aria-labelledby={name} onClose={close} onClick={(e) => e.target === box.current && close()}>
      <header>
        <h2 id={name}>{title}</h2>
        <button type="button" className="button quiet" onClick={close} aria-label="Close">
          ✕
        </button>
      </header>
      <div className="body">{children}</div>
    </dialog>
  )
}

/** Copy puts a text on the clipboard and says so. */
export function Copy({ text, children }: { text: () => string; children: string }) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const t = setTimeout(() => setDone(false), 1600)
    return () => clearTimeout(t)
  }, [done])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text())
      setDone(true)
    } catch {
      window.prompt('Copy this:', text())
    }
  }
  return (
    <button type="button" className="button" onClick={() => void copy()} aria-live="polite">
      {done ? 'Copied' : children}
    </button>
  )
}

/** save gives the browser a file to keep. */
export function save(name: string, media: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: media }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
