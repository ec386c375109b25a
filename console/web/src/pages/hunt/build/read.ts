// A query as the builder has it, where it is one that the builder could have written; else why not.
import { condition, deepest, empty, isGroup, needless, none, write, type Build, type Group, type Kind, type Op, type Part, type Sum, type SumOf, type Test } from './model'

export type Read = { build: Build } | { why: string }

type Token = { kind: 'name' | 'text' | 'number' | 'mark'; text: string }

const span = /^\d+[smhd]$/

function tokens(text: string): Token[] | null {
  const out: Token[] = []
  const form = /\s+|\/\/[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+[smhd]?)\b|([A-Za-z_$][\w.$]*)|(==|!=|>=|<=|=~|!~|\[|\]|[|(),=<>!;])/gy
  let at = 0
  while (at < text.length) {
    form.lastIndex = at
    const m = form.exec(text)
    if (!m) return null
    at = form.lastIndex
    const quoted = m[1] ?? m[2]
    if (quoted !== undefined) out.push({ kind: 'text', text: unquote(quoted) })
    else if (m[3] !== undefined) out.push({ kind: 'number', text: m[3] })
    else if (m[4] !== undefined) out.push({ kind: 'name', text: m[4] })
    else if (m[5] !== undefined) out.push({ kind: 'mark', text: m[5] })
  }
  return out
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' }
const unquote = (s: string) => s.replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c)

/** Stop ends the reading; its message says what the builder has no place for. */
class Stop extends Error {}

class Reader {
  at = 0
  constructor(
    readonly all: Token[],
    readonly kindOf: (field: string) => Kind,
  ) {}

  peek(n = 0): string {
    const t = this.all[this.at + n]
    return t && t.kind !== 'text' ? t.text : ''
  }

  is(...words: string[]): boolean {
    if (!words.every((w, i) => this.peek(i) === w)) return false
    this.at += words.length
    return true
  }

  need(...words: string[]): void {
    if (!this.is(...words)) throw new Stop(`“${this.all[this.at]?.text ?? 'the end'}” stands where “${words.join(' ')}” would`)
  }

  name(): string {
    if (this.is('[')) {
      const t = this.all[this.at++]
      this.need(']')
      if (t?.kind === 'text') return t.text
    }
    const t = this.all[this.at++]
    if (t?.kind !== 'name') throw new Stop(`“${t?.text ?? 'the end'}” stands where a field would`)
    return t.text
  }

  value(): string {
    const t = this.all[this.at++]
    if (t && (t.kind === 'text' || t.kind === 'number' || ['true', 'false'].includes(t.text)) && !(t.kind === 'number' && span.test(t.text))) return t.text
    throw new Stop(`a value is computed at “${t?.text ?? 'the end'}”`)
  }

  values(): string[] {
    this.need('(')
    const out = [this.value()]
    while (this.is(',')) out.push(this.value())
    this.need(')')
    return out
  }

  test(): Test {
    const call = this.peek()
    for (const [fn, op] of calls) {
      if (call !== fn || this.peek(1) !== '(') continue
      this.at += 2
      const field = this.name()
      const values: string[] = []
      if (!needless(op)) {
        this.need(',')
        values.push(this.value())
      }
      this.need(')')
      return { field, op, values }
    }
    const field = this.name()
    if (this.is('!', 'in')) return { field, op: 'is not', values: this.values() }
    if (this.is('in')) return { field, op: 'is', values: this.values() }
    if (this.is('!', 'contains')) return { field, op: 'does not contain', values: [this.value()] }
    if (this.is('matches', 'regex')) return { field, op: 'matches', values: [this.value()] }
    for (const [word, op] of infix) if (this.is(word)) return { field, op, values: [this.value()] }
    throw new Stop(`the builder has no “${field} ${this.peek()}”`)
  }

  /** part is a test, or a group in brackets; depth is in how many groups it stands. */
  part(depth: number): Part {
    const not = this.is('not', '(')
    if (!not && !this.is('(')) return this.test()
    if (depth >= deepest) throw new Stop(`more than ${deepest} groups stand in one another`)
    const g = this.group(depth + 1)
    this.need(')')
    return { ...g, not }
  }

  group(depth: number): Group {
    const parts = [this.part(depth)]
    let word: Group['word'] | '' = ''
    while (this.peek() === 'and' || this.peek() === 'or') {
      const next = this.peek() as Group['word']
      if (word && next !== word) throw new Stop('“and” and “or” stand side by side: put one of them in brackets')
      word = next
      this.at++
      parts.push(this.part(depth))
    }
    return { word: word || 'and', not: false, parts }
  }

  /** line is what stands in one where: a group, turned round where not stands before all of it. */
  line(): Group {
    const g = this.group(1)
    const only = g.parts.length === 1 ? g.parts[0] : undefined
    return only && isGroup(only) && only.not ? only : g
  }

  sum(): Sum {
    const name = this.name()
    this.need('=')
    const fn = sums.find((f) => this.is(f, '('))
    if (!fn) throw new Stop(`the builder has no “${this.peek()}”`)
    const field = this.name()
    const share = fn === 'percentile' && this.is(',') ? Number(this.value()) : 0
    this.need(')')
    return { name, fn, field, share, least: 0 }
  }
}

const sums: SumOf[] = ['sum', 'avg', 'min', 'max', 'dcount', 'percentile']
const calls: [string, Op][] = [
  ['isempty', 'is empty'], ['isnotempty', 'is not empty'], ['isnull', 'is empty'], ['isnotnull', 'is not empty'], ['set_has_element', 'has element'], ['ipv4_is_in_range', 'is in network'],
]
const infix: [string, Op][] = [
  ['==', 'is'], ['!=', 'is not'], ['contains', 'contains'], ['startswith', 'starts with'], ['endswith', 'ends with'], ['has', 'has word'], ['>=', 'at least'], ['<=', 'at most'],
]

function statement(r: Reader): Build {
  const b = empty(r.name())
  b.groups = []
  while (r.at < r.all.length) {
    r.need('|')
    if (r.is('where')) {
      if (r.is('first', '>', 'ago', '(')) {
        if (b.fresh.fields.length === 0) throw new Stop('“first” is no field')
        b.fresh.within = r.all[r.at++]?.text ?? ''
        r.need(')')
      } else if (r.peek() === 'times' && r.peek(1) === '>=') {
        r.at += 2
        b.least = Number(r.value())
      } else if (b.sums.some((x) => x.name === r.peek()) && r.peek(1) === '>=') {
        const of = r.name()
        r.at++
        const least = Number(r.value())
        b.sums = b.sums.map((x) => (x.name === of ? { ...x, least } : x))
      } else b.groups.push(r.line())
    } else if (r.is('summarize', 'first', '=', 'min', '(', 'time', ')', ',', 'times', '=', 'count', '(', ')', 'by')) {
      do b.fresh.fields.push(r.name())
      while (r.is(','))
    } else if (r.is('summarize')) {
      r.need('times', '=', 'count', '(', ')')
      while (r.is(',')) b.sums.push(r.sum())
      if (r.is('by')) {
        do
          if (r.is('bin', '(', 'time', ',')) {
            b.over = r.all[r.at++]?.text ?? ''
            r.need(')')
          } else b.by.push(r.name())
        while (r.is(','))
      }
    } else if (r.is('sort', 'by')) {
      const field = r.name()
      b.sort = { field, asc: r.is('asc') }
      r.is('desc')
    } else if (r.is('take')) b.take = Number(r.value())
    else throw new Stop(`the builder has no step “${r.peek()}”`)
  }
  if (b.groups.length === 0) b.groups.push(none())
  return b
}

const bare = (text: string) => text.replace(/\/\/[^\n]*/g, '').replace(/\s+/g, ' ').trim()

/** read reads a query. What it cannot write again as it stands, it does not take. */
export function read(text: string, tables: string[], kindOf: (table: string) => (field: string) => Kind): Read {
  if (!text.trim()) return { build: empty() }
  const all = tokens(text.trim().replace(/;$/, ''))
  if (!all) return { why: 'something in it is no part of what the builder writes' }
  const table = all[0]?.text ?? ''
  if (!tables.includes(table)) return { why: 'it does not begin with the name of a table' }
  try {
    const kind = kindOf(table)
    const build = statement(new Reader(all, kind))
    const again = tokens(write(build, kind)) ?? []
    if (bare(text) === '' || JSON.stringify(again) !== JSON.stringify(all)) return { why: 'its steps are in another order than the builder’s, or another form' }
    return { build }
  } catch (e) {
    if (e instanceof Stop) return { why: e.message }
    throw e
  }
}

/** whole reports whether a test says something. */
export const whole = (t: Test, kind: Kind) => condition(t, kind) !== ''
