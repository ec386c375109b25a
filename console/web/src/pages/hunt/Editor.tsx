// The editor of queries. What can stand at a place, and what is wrong, says the server: it has the grammar and the fields.
import { autocompletion, completionKeymap, startCompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { linter, type Diagnostic } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { send } from '../../api/client'
import type { QueryError } from '../../api/schema'

interface Completions {
  from: number
  to: number
  completions: { kind: string; text: string; detail: string }[]
}

const words = new Set('where project extend summarize by sort order asc desc take top join kind on union count distinct let declare query_parameters mv-expand parse render search in has contains startswith endswith matches regex between and or not project-away project-rename print range as evaluate lookup datatable withsource'.split(' '))

/** kql colours what is written; it decides nothing. */
const kql = StreamLanguage.define<null>({
  token(s) {
    if (s.match(/\/\/.*/)) return 'comment'
    if (s.match(/@?"(?:[^"\\]|\\.)*"?|@?'(?:[^'\\]|\\.)*'?/)) return 'string'
    if (s.match(/\d+(?:\.\d+)?(?:[smhd]|ms)?\b/)) return 'number'
    const word = s.match(/!?[A-Za-z_$][\w-]*/)
    if (word && Array.isArray(word)) return words.has((word[0] ?? '').replace(/^!/, '').toLowerCase()) ? 'keyword' : 'variableName'
    if (s.match('|')) return 'operator'
    s.next()
    return null
  },
})

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: tags.operator, color: 'var(--accent)', fontWeight: '700' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: tags.number, color: 'var(--high)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
])

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--raised)', color: 'var(--text)', fontSize: '13.5px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px', borderRadius: '6px' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)', padding: '10px 0', minHeight: '92px' },
  '.cm-scroller': { maxHeight: '320px', overflow: 'auto' },
  '.cm-line': { padding: '0 12px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', border: '1px solid var(--line-strong)', color: 'var(--text)', borderRadius: '6px', overflow: 'hidden' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-tooltip-autocomplete ul': { fontFamily: 'var(--mono)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
})

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** bytes gives the place of a character in bytes, characters the other way round: the server counts bytes. */
const bytes = (text: string, at: number) => encoder.encode(text.slice(0, at)).length
const characters = (text: string, at: number) => decoder.decode(encoder.encode(text).slice(0, at)).length

const icons: Record<string, string> = { column: 'property', table: 'class', variable: 'variable', operator: 'keyword', function: 'function', aggregate: 'function' }

async function complete(c: CompletionContext): Promise<CompletionResult | null> {
  const text = c.state.doc.toString()
  if (!c.explicit && !c.matchBefore(/[\w.]+$|[|(,]\s*$/)) return null
  try {
    const found = await send<Completions>('POST', '/query/complete', { query: text, offset: bytes(text, c.pos) })
    if (c.aborted || found.completions.length === 0) return null
    return { from: characters(text, found.from), to: characters(text, found.to), options: found.completions.map((o, i) => ({ label: o.text, detail: o.detail || o.kind, type: icons[o.kind] ?? 'text', boost: -i / 50 })), validFor: /^[\w.]*$/ }
  } catch {
    return null // without completions one can still write
  }
}

async function diagnose(view: EditorView, params: () => Record<string, string>): Promise<Diagnostic[]> {
  const text = view.state.doc.toString()
  if (!text.trim()) return []
  try {
    const { errors } = await send<{ errors: QueryError[] }>('POST', '/query/check', { query: text, params: params() })
    return errors.map((p) => {
      const from = Math.min(characters(text, p.offset), text.length)
      return { from, to: Math.min(Math.max(from + 1, characters(text, p.offset + p.length)), text.length), severity: 'error', message: p.message }
    })
  } catch {
    return [] // running it will tell
  }
}

/** Editor edits a query. It lives in a shadow tree, where its styles need no exception from the page's policy. */
export default function Editor({ value, change, run, params }: { value: string; change: (text: string) => void; run: () => void; params: Record<string, string> }) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const now = useRef({ change, run, params })
  now.current = { change, run, params }
  useEffect(() => {
    const el = host.current
    if (!el) return
    const root = el.shadowRoot ?? el.attachShadow({ mode: 'open' })
    const parent = document.createElement('div')
    root.replaceChildren(parent)
    view.current = new EditorView({
      parent, root,
      state: EditorState.create({
        doc: value,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (now.current.run(), true) }, { key: 'Shift-Enter', run: () => (now.current.run(), true) }, { key: 'Ctrl-Space', run: startCompletion }])),
          history(), bracketMatching(), kql, syntaxHighlighting(colours), EditorView.lineWrapping, look, placeholder('audit | where resource.type == "secrets" | take 50'),
          autocompletion({ override: [complete], maxRenderedOptions: 60 }), linter((v) => diagnose(v, () => now.current.params), { delay: 500 }),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((u) => u.docChanged && now.current.change(u.state.doc.toString())),
          EditorView.contentAttributes.of({ 'aria-label': 'Query in KQL', tabindex: '0' }),
        ],
      }),
    })
    return () => view.current?.destroy()
    // The editor is made once; its text follows below.
  }, [])
  useEffect(() => {
    const v = view.current
    if (v && v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } })
  }, [value])
  return <div className="editor" ref={host} data-editor="" />
}
