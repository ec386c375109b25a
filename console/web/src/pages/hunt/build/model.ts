// What the builder builds: a table, conditions in groups, what is new, how rows are summed and sorted. write gives its KQL.
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

/** Group is conditions, and groups of them, that are joined by one word; not turns all of it round. */
export interface Group {
  word: 'and' | 'or'
  not: boolean
  parts: Part[]
}

export type Part = Test | Group

/** deepest is how many groups may stand in one another. */
export const deepest = 5

export const isGroup = (p: Part): p is Group => 'parts' in p

/** Sum is a number that is made of a field's values in each group of rows. */
export interface Sum {
  /** name is that of its column. */
  name: string
  fn: SumOf
  field: string
  /** share is of a percentile how many of a hundred values are not greater. */
  share: number
  /** least is the least that is kept, 0 for any. */
  least: number
}

export type SumOf = 'sum' | 'avg' | 'min' | 'max' | 'dcount' | 'percentile'

/** sumsOf are the sums that a kind of field has. */
export const sumsOf: Record<Kind, SumOf[]> = { string: ['dcount'], long: ['sum', 'avg', 'min', 'max', 'percentile', 'dcount'], bool: ['dcount'], datetime: ['min', 'max', 'dcount'], dynamic: [] }

/** nameSum is what the column of a sum is called unless somebody has called it otherwise, and no other of the list is. */
export function nameSum(s: Omit<Sum, 'name'>, others: Sum[]): string {
  const stem = `${s.fn === 'percentile' ? `p${s.share}` : s.fn === 'dcount' ? 'different' : s.fn}_${s.field.replace(/\W+/g, '_')}`
  let name = stem
  for (let i = 2; others.some((o) => o.name === name); i++) name = `${stem}_${i}`
  return name
}

export interface Build {
  table: string
  /** groups must all hold. */
  groups: Group[]
  /** fresh are fields whose values together must not have been seen before the last `within`. */
  fresh: { fields: string[]; within: string }
  /** by are fields to count by; over is the time to count within, '' for all of it; least is the least count that is kept, 0 for any. */
  by: string[]
  over: string
  least: number
  sums: Sum[]
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

/** none is a group without conditions. */
export const none = (): Group => ({ word: 'and', not: false, parts: [] })

export const empty = (table = 'audit'): Build => ({ table, groups: [none()], fresh: { fields: [], within: '1d' }, by: [], over: '', least: 0, sums: [], sort: null, take: 0 })

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

/** joined writes what stands in a group; '' while nothing of it is whole. */
function joined(g: Group, kindOf: (field: string) => Kind, without?: Test): string {
  const parts = g.parts.filter((p) => p !== without).map((p) => (isGroup(p) ? bracketed(p, kindOf, without) : condition(p, kindOf(p.field))))
  return parts.filter(Boolean).join(` ${g.word} `)
}

function bracketed(g: Group, kindOf: (field: string) => Kind, without?: Test): string {
  const text = joined(g, kindOf, without)
  return text && `${g.not ? 'not' : ''}(${text})`
}

/** wheres are the lines of conditions; those of one group are in one line. */
export function wheres(b: Build, kindOf: (field: string) => Kind, without?: Test): string[] {
  return b.groups.map((g) => (g.not ? bracketed : joined)(g, kindOf, without)).filter(Boolean).map((text) => `| where ${text}`)
}

/** summed reports whether the answer has groups of rows. */
export const summed = (b: Build) => b.fresh.fields.length === 0 && (b.by.length > 0 || b.least > 0 || b.over !== '' || b.sums.length > 0)

/** write is the query in KQL. */
export function write(b: Build, kindOf: (field: string) => Kind): string {
  const lines = [b.table, ...wheres(b, kindOf)]
  if (b.fresh.fields.length > 0) {
    lines.push(`| summarize first = min(time), times = count() by ${b.fresh.fields.map(column).join(', ')}`, `| where first > ago(${b.fresh.within})`)
  } else if (summed(b)) {
    const sums = b.sums.map((s) => `, ${column(s.name)} = ${s.fn}(${column(s.field)}${s.fn === 'percentile' ? `, ${s.share}` : ''})`)
    const by = [...b.by.map(column), ...(b.over ? [`bin(time, ${b.over})`] : [])]
    lines.push(`| summarize times = count()${sums.join('')}${by.length > 0 ? ` by ${by.join(', ')}` : ''}`)
    for (const s of [{ name: 'times', least: b.least }, ...b.sums]) if (s.least > 0) lines.push(`| where ${column(s.name)} >= ${s.least}`)
  }
  if (b.sort) lines.push(`| sort by ${column(b.sort.field)} ${b.sort.asc ? 'asc' : 'desc'}`)
  if (b.take > 0) lines.push(`| take ${b.take}`)
  return lines.join('\n')
}

/** columns are those that the answer has, to sort by. */
export function columns(b: Build, fields: string[]): string[] {
  if (b.fresh.fields.length > 0) return [...b.fresh.fields, 'first', 'times']
  if (summed(b)) return [...b.by, ...(b.over ? ['time'] : []), 'times', ...b.sums.map((s) => s.name)]
  return fields
}
