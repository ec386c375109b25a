// What the builder builds: a table, conditions in groups, what is new, how rows are grouped and sorted. write gives its KQL.
import { quoted } from '../../../format'

export type Kind = 'string' | 'long' | 'bool' | 'datetime' | 'dynamic'

/** Table is a table and its fields, as the server's schema has them. */
export interface Table {
  name: string
  doc: string
  columns: { name: string; type: string; doc: string }[]
}

export interface Test {
  field: string
  op: Op
  values: string[]
}

export interface Group {
  word: 'and' | 'or'
  tests: Test[]
}

export interface Build {
  table: string
  /** groups must all hold; what stands in one is joined by its word. */
  groups: Group[]
  /** fresh are fields whose values together must not have been seen before the last `within`. */
  fresh: { fields: string[]; within: string }
  /** by are fields to count by; over is the time to count within, '' for all of it; least is the least count that is kept, 0 for any. */
  by: string[]
  over: string
  least: number
  sort: { field: string; asc: boolean } | null
  take: number
}

export type Op = 'is' | 'is not' | 'contains' | 'does not contain' | 'starts with' | 'ends with' | 'has word' | 'matches' | 'is empty' | 'is not empty' | 'at least' | 'at most' | 'has element' | 'is in network'

/** ops are the operators that a kind of field has, the usual ones first. */
export const ops: Record<Kind, Op[]> = {
  string: ['is', 'is not', 'contains', 'does not contain', 'starts with', 'ends with', 'has word', 'matches', 'is in network', 'is empty', 'is not empty'],
  long: ['is', 'is not', 'at least', 'at most', 'is empty', 'is not empty'],
  bool: ['is', 'is not'],
  datetime: [],
  dynamic: ['has element', 'contains', 'is empty', 'is not empty'],
}

/** needless operators take no value; several take more than one. */
export const needless = (op: Op) => op === 'is empty' || op === 'is not empty'
export const several = (op: Op) => op === 'is' || op === 'is not'

export const empty = (table = 'audit'): Build => ({ table, groups: [{ word: 'and', tests: [] }], fresh: { fields: [], within: '1d' }, by: [], over: '', least: 0, sort: null, take: 0 })

const plain = /^[A-Za-z_][\w.]*$/
export const column = (name: string) => (plain.test(name) && name !== 'time' ? name : name === 'time' ? 'time' : `['${name.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`)

function literal(kind: Kind, v: string): string {
  if (kind === 'long') return /^-?\d+$/.test(v.trim()) ? v.trim() : '0'
  if (kind === 'bool') return v === 'false' ? 'false' : 'true'
  return quoted(v)
}

/** condition writes a test; '' while it is not whole. */
export function condition(t: Test, kind: Kind): string {
  const name = column(t.field)
  const values = t.values.filter((v) => v !== '')
  if (!t.field || (!needless(t.op) && values.length === 0)) return ''
  const all = values.map((v) => literal(kind, v))
  const one = all[0] ?? ''
  switch (t.op) {
    case 'is':
      return all.length > 1 ? `${name} in (${all.join(', ')})` : `${name} == ${one}`
    case 'is not':
      return all.length > 1 ? `${name} !in (${all.join(', ')})` : `${name} != ${one}`
    case 'contains':
      return `${name} contains ${one}`
    case 'does not contain':
      return `${name} !contains ${one}`
    case 'starts with':
      return `${name} startswith ${one}`
    case 'ends with':
      return `${name} endswith ${one}`
    case 'has word':
      return `${name} has ${one}`
    case 'matches':
      return `${name} matches regex ${one}`
    case 'at least':
      return `${name} >= ${one}`
    case 'at most':
      return `${name} <= ${one}`
    case 'has element':
      return `set_has_element(${name}, ${one})`
    case 'is in network':
      return `ipv4_is_in_range(${name}, ${one})`
    case 'is empty':
      return kind === 'string' ? `isempty(${name})` : `isnull(${name})`
    case 'is not empty':
      return kind === 'string' ? `isnotempty(${name})` : `isnotnull(${name})`
  }
}

/** wheres are the lines of conditions; those of one group are in one line. */
export function wheres(b: Build, kindOf: (field: string) => Kind, without?: Test): string[] {
  const out: string[] = []
  for (const g of b.groups) {
    const parts = g.tests.filter((t) => t !== without).map((t) => condition(t, kindOf(t.field))).filter(Boolean)
    if (parts.length > 0) out.push(`| where ${parts.join(` ${g.word} `)}`)
  }
  return out
}

/** write is the query in KQL. */
export function write(b: Build, kindOf: (field: string) => Kind): string {
  const lines = [b.table, ...wheres(b, kindOf)]
  if (b.fresh.fields.length > 0) {
    lines.push(`| summarize first = min(time), times = count() by ${b.fresh.fields.map(column).join(', ')}`, `| where first > ago(${b.fresh.within})`)
  } else if (b.by.length > 0 || b.least > 0 || b.over) {
    const by = [...b.by.map(column), ...(b.over ? [`bin(time, ${b.over})`] : [])]
    lines.push(`| summarize times = count()${by.length > 0 ? ` by ${by.join(', ')}` : ''}`)
    if (b.least > 0) lines.push(`| where times >= ${b.least}`)
  }
  if (b.sort) lines.push(`| sort by ${column(b.sort.field)} ${b.sort.asc ? 'asc' : 'desc'}`)
  if (b.take > 0) lines.push(`| take ${b.take}`)
  return lines.join('\n')
}

/** columns are those that the answer has, to sort by. */
export function columns(b: Build, fields: string[]): string[] {
  if (b.fresh.fields.length > 0) return [...b.fresh.fields, 'first', 'times']
  if (b.by.length > 0 || b.least > 0 || b.over) return [...b.by, ...(b.over ? ['time'] : []), 'times']
  return fields
}
