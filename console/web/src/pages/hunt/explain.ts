// The server's explanation of a query, as a tree of its steps and what each reading of a table leaves out.

export interface Step {
  text: string
  steps: Step[]
}

export interface Scan {
  table: string
  columns: string
  /** prunes are what the store can leave out data by, before it reads any. */
  prunes: string[]
}

export interface Explained {
  plan: Step[]
  /** rest is what is computed in the server, not by the store's engine; empty where the engine does it all. */
  rest: Step[]
  scans: Scan[]
  statements: string[]
}

/** sections parts an explanation by its headings, "-- title". */
function sections(text: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const part of text.split(/^-- /m).slice(1)) {
    const end = part.indexOf('\n')
    out.set(part.slice(0, end).trim(), part.slice(end + 1).trimEnd())
  }
  return out
}

function tree(text: string): Step[] {
  const roots: Step[] = []
  const open: { depth: number; step: Step }[] = []
  for (const line of text.split('\n')) {
    if (!line.trim()) continue
    const depth = line.length - line.trimStart().length
    const step: Step = { text: line.trim(), steps: [] }
    while (open.length > 0 && (open[open.length - 1]?.depth ?? 0) >= depth) open.pop()
    const above = open[open.length - 1]
    if (above) above.step.steps.push(step)
    else roots.push(step)
    open.push({ depth, step })
  }
  return roots
}

export function explained(text: string, engine = 'DuckDB'): Explained {
  const all = sections(text)
  const out: Explained = { plan: tree(all.get('plan') ?? ''), rest: tree(all.get(`${engine}: in Go`) ?? ''), scans: [], statements: [] }
  for (const [title, body] of all) {
    if (!title.startsWith(`${engine}: statement`)) continue
    if (!title.includes('scan')) {
      out.statements.push(body)
      continue
    }
    const [first = '', ...prunes] = body.split('\n')
    const m = /^table ([^:]+)(?:: (.*))?$/.exec(first)
    out.scans.push({ table: m?.[1] ?? first, columns: m?.[2] ?? '', prunes: prunes.filter((p) => p.trim() !== '') })
  }
  if (out.rest.length === 1 && out.rest[0]?.text.startsWith('remote')) out.rest = []
  return out
}
