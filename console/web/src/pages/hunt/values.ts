// Values of answers: how they are written, and how they become conditions.
import type { Column } from '../../api/schema'
import { quoted } from '../../format'

export function shown(v: unknown): string {
  if (v === null || v === undefined) return ''
  if (typeof v === 'string') return v
  if (typeof v === 'object') return JSON.stringify(v)
  return String(v)
}

const plain = /^[A-Za-z_][\w.]*$/

/** literal writes a value as KQL; undefined for one that cannot be compared. */
function literal(c: Column, v: unknown): string | undefined {
  if (v === null || v === undefined || c.type === 'dynamic') return undefined
  switch (c.type) {
    case 'string':
      return quoted(shown(v))
    case 'datetime':
      return `datetime(${shown(v)})`
    case 'timespan':
      return `timespan(${shown(v)})`
    case 'bool':
    case 'int':
    case 'long':
    case 'real':
      return String(v)
  }
  return undefined
}

/** condition is a line that keeps, or leaves out, rows with a value; undefined where there is none to write. */
export function condition(c: Column, v: unknown, not: boolean): string | undefined {
  const name = plain.test(c.name) ? c.name : `['${c.name.replace(/'/g, "\\'")}']`
  if (v === null || v === undefined) return c.type === 'string' ? undefined : `| where ${not ? 'isnotnull' : 'isnull'}(${name})`
  const text = literal(c, v)
  return text === undefined ? undefined : `| where ${name} ${not ? '!=' : '=='} ${text}`
}

/** everything is the query for all that has a value in it. */
export function everything(value: string): string {
  return `search ${quoted(value)}\n| sort by time desc\n| take 200`
}

/** ever is a time to look back over that is longer than any store has. */
export const ever = '3650d'

/** behind are the parameters of the question who for a value that names an event or a pod; undefined for any other. */
export function behind(c: Column, v: unknown): Record<string, string> | undefined {
  const text = shown(v)
  if (!text) return undefined
  // How long ago its cause was is not known.
  if (['event', 'uid', 'metadata.uid'].includes(c.name)) return { event: text, window: ever }
  const pod = text.replace(/^pods\//, '')
  if (['pod', 'k8s.pod'].includes(c.name) && !pod.includes('/')) return { pod, window: ever }
  return undefined
}
