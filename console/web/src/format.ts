// How values are written. Times are in UTC everywhere, as in the answers of the command line.

const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit', second: '2-digit' })

export function dayOf(time: string): string {
  return day.format(new Date(time))
}

export function clockOf(time: string): string {
  return clock.format(new Date(time))
}

/** span says how long it is from one time to another. */
export function span(from: string, to: string): string {
  return lasting(Date.parse(to) - Date.parse(from))
}

export function lasting(ms: number): string {
  const s = Math.round(ms / 1000)
  if (s < 1) return 'a moment'
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.round(s / 60)} min`
  const h = Math.floor(s / 3600)
  if (h < 48) return `${h} h ${Math.round((s % 3600) / 60)} min`
  return `${Math.round(h / 24)} days`
}

/** ago says how long ago a time was, in one unit. */
export function ago(time: string, now = Date.now()): string {
  const s = Math.round((now - Date.parse(time)) / 1000)
  if (s < 0) return 'in the future'
  if (s < 60) return `${s} s ago`
  if (s < 3600) return `${Math.floor(s / 60)} min ago`
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`
  return `${Math.floor(s / 86400)} d ago`
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** listed joins words as prose does: a, b and c. */
export function listed(words: string[], most = 4): string {
  const shown = words.slice(0, most)
  if (words.length > most) shown.push(`${words.length - most} more`)
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
}

/** pathEnd leaves the last name of a path: what tells files apart, mostly. Other names stay. */
export function pathEnd(name: string): string {
  return name.startsWith('/') && name.lastIndexOf('/') > 0 ? `…${name.slice(name.lastIndexOf('/'))}` : name
}

/** quoted writes a text as a literal of KQL. */
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}"`
}

/** visible makes characters that steer or hide text visible: names are written by whoever makes a request. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** nameOf writes a service account as namespace/name; other names stay. */
export function nameOf(user: string): string {
  const found = /^system:serviceaccount:([^:]+):(.+)$/.exec(user)
  return visible(found ? `${found[1]}/${found[2]}` : user)
}
