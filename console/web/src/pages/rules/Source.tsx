// The text of a rule with its parts told apart: keys, texts, comments. A line at a time, without a grammar of YAML.
import type { ReactNode } from 'react'
import { visible } from '../../format'

/** parts divides a line into what is shown alike: [class, text]. */
export function parts(line: string): [string, string][] {
  const comment = /^(\s*)(#.*)$/.exec(line)
  if (comment) return [['', comment[1] ?? ''], ['y-comment', comment[2] ?? '']]
  const key = /^(\s*(?:- )*)([\w.|*-]+|"[^"]*"|'[^']*')(:)(\s.*|)$/.exec(line)
  if (key) return [['', key[1] ?? ''], ['y-key', key[2] ?? ''], ['', key[3] ?? ''], ...value(key[4] ?? '')]
  const item = /^(\s*(?:- )+)(.*)$/.exec(line)
  if (item) return [['', item[1] ?? ''], ...value(item[2] ?? '')]
  return [['y-text', line]]
}

function value(text: string): [string, string][] {
  const trimmed = text.trim()
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(trimmed)) return [['y-word', text]]
  if (/^[|>][+-]?$/.test(trimmed)) return [['', text]]
  return [['y-text', text]]
}

export function Source({ text }: { text: string }): ReactNode {
  return (
    <div className="document source" tabIndex={0} role="group" aria-label="The rule as written">
      <pre className="mono">
        {text.split('\n').map((line, i) => (
          <span key={i}>
            {parts(visible(line)).map(([name, t], j) => (name ? <span key={j} className={name}>{t}</span> : t))}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  )
}
