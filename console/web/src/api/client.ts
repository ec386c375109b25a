// What the console asks of the server. Every call goes through request, which knows the API's one form of failure.
import type { Problem } from './schema'

/** Failed is a call that the server refused, or that did not reach it (code "unreachable"). */
export class Failed extends Error {
  readonly code: string
  readonly advice: string
  readonly places: NonNullable<Problem['errors']>

  constructor(problem: { code: string; message: string; do?: string; errors?: Problem['errors'] }) {
    super(problem.message)
    this.code = problem.code
    this.advice = problem.do ?? ''
    this.places = problem.errors ?? []
  }
}

/** signedOut is the event of the window that says that the session is over: a call was refused for want of one. */
export const signedOut = 'signedout'

/** Params are the query of a URL; what is undefined or empty is left out, and a list is given once for each of its values. */
export type Params = Record<string, string | number | string[] | undefined>

export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) for (const each of value) query.append(name, each)
    else if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

/** request sends one call and gives the raw answer where it is a success. */
export async function request(method: string, url: string, body?: unknown, accept = 'application/json', signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept, 'Lynceus-Console': '1' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let answer: Response
  try {
    answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin', redirect: 'error' })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new Failed({ code: 'unreachable', message: 'The server does not answer.', do: 'See whether lynceus up runs, and whether this machine reaches it.' })
  }
  if (answer.ok) return answer
  let problem: Partial<Problem> = {}
  try {
    problem = (await answer.json()) as Partial<Problem>
  } catch {
    // Something before the server answered in its place.
  }
  if (answer.status === 401 && !url.startsWith(address('/session'))) window.dispatchEvent(new Event(signedOut))
  throw new Failed({ ...problem, code: problem.code ?? 'internal', message: problem.message ?? `The server answered ${answer.status}.` })
}

export async function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  return (await (await request('GET', address(path, params), undefined, undefined, signal)).json()) as T
}

export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, params?: Params): Promise<T> {
  const answer = await request(method, address(path, params), body)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** Row is a row of an answer by the names of its columns. */
export type Row = Record<string, unknown>

/** rows asks in KQL and gives all rows of a short answer. */
export async function rows(query: string, params: Record<string, string> = {}, options: { max?: number; signal?: AbortSignal } = {}): Promise<Row[]> {
  const answer = await request('POST', '/api/v1/query', { query, params, max_rows: options.max ?? 1000, timeout: '30s' }, undefined, options.signal)
  const found = (await answer.json()) as { columns: { name: string }[]; rows: unknown[][]; error?: Problem }
  if (found.error && found.error.code !== 'limit_reached') throw new Failed(found.error)
  return found.rows.map((row) => Object.fromEntries(found.columns.map((column, i) => [column.name, row[i]])))
}
