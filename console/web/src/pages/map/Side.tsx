// What stands beside the picture: the sums of what is looked at, and what is known of the link that is chosen.
import { useQuery } from '@tanstack/react-query'
import { memo, useMemo } from 'react'
import { Failed, get } from '../../api/client'
import type { Finding, Severity as Level } from '../../api/schema'
import { count, listed, visible } from '../../format'
import { Link as To } from '../../router'
import { Mark, Panel, Severity, Time } from '../../ui/parts'
import type { TalkMap } from './data'
import { questions } from './hunt'
import { bytes, connections, often, type Item, type Link, type Verdict, type View } from './model'
import { bytesOf } from './sizes'

/** mostTop of those who talk most are named, mostFindings of a link. */
const mostTop = 6
const mostFindings = 5

export const Sums = memo(function Sums({ view, map, narrow, choose }: { view: View; map: TalkMap; narrow: (v: Verdict) => void; choose: (id: string) => void }) {
  const sums = useMemo(() => {
    let opened = 0, accepted = 0, sent = 0, taken = 0, requests = 0, refused = 0, fresh = 0, found = 0, edges = 0
    for (const l of view.links) {
      opened += l.opened
      accepted += l.accepted
      sent += l.openedBytes
      taken += l.acceptedBytes
      // Where an account was used from is no request besides those that it made.
      for (const e of l.edges) if (e.kind !== 'use') {
        requests += e.requests ?? 0
        refused += e.refused ?? 0
      }
      fresh += l.fresh
      found += l.found
      edges += l.edges.length
    }
    return { connections: Math.max(opened, accepted), bytes: Math.max(sent, taken), requests, refused, fresh, found, edges }
  }, [view])
  const top = [...view.links].sort((a, b) => often(b) - often(a)).slice(0, mostTop)
  const told = (name: string, n: number, verdict: Verdict) => (
    <>
      <dt>{name}</dt>
      <dd className="num">{n > 0 ? <button type="button" className="link" onClick={() => narrow(verdict)}>{n.toLocaleString('en')}</button> : '0'}</dd>
    </>
  )
  return (
    <Panel title="In this time">
      <div className="stack wide">
        <dl className="facts">
          <dt>Who talks to whom</dt>
          <dd className="num">{count(sums.edges, 'pair')}</dd>
          <dt>Connections</dt>
          <dd className="num">{sums.connections.toLocaleString('en')}{sums.bytes > 0 && `, ${bytesOf(sums.bytes)}`}</dd>
          <dt>API requests</dt>
          <dd className="num">{sums.requests.toLocaleString('en')}</dd>
          {told('Refused or failed', sums.refused, 'refused')}
          {told('Pairs found by rules', sums.found, 'found')}
          {map.compared.flows || map.compared.requests ? told('New pairs', sums.fresh, 'new') : (
            <>
              <dt>New pairs</dt>
              <dd className="small muted">nothing before this time to compare with; a shorter time has</dd>
            </>
          )}
        </dl>
        {(map.compared.flows || map.compared.requests) && <p className="small muted">New is what was not there from <Time at={map.before} /> until this time began.</p>}
        {top.length > 0 && (
          <div>
            <h3>Most often</h3>
            <ol className="plain-list small">
              {top.map((l) => (
                <li key={l.id}>
                  <button type="button" className="link" onClick={() => choose(l.id)}>
                    {view.items.get(l.src)?.label} → {view.items.get(l.dst)?.label}
                  </button>{' '}
                  <span className="muted num">{often(l).toLocaleString('en')}</span>
                </li>
              ))}
            </ol>
          </div>
        )}
        <Legend />
      </div>
    </Panel>
  )
})

function Legend() {
  return (
    <div>
      <h3>How to read it</h3>
      <ul className="map-legend small">
        <li>
          <Key className="tie" /> talked; broader for more
        </li>
        <li>
          <Key className="tie found high" /> a rule found something, coloured by its severity
        </li>
        <li>
          <Key className="tie refused broken" /> some was refused, dropped or failed; broken where most was
        </li>
        <li>
          <Key className="tie new" /> new: not seen in the time before
        </li>
      </ul>
    </div>
  )
}

function Key({ className }: { className: string }) {
  return (
    <svg className="map" width="38" height="12" aria-hidden="true">
      <g className={className}>
        <path d="M1 6H37" strokeWidth="2.500" />
        <g className={`sign ${className.replace('tie', '')}`} transform="translate(19 6) scale(.8)">
          {className.includes('found') && <path d="M0-6.500L6.500 0 0 6.500-6.500 0z" />}
          {className.includes('refused') && (
            <>
              <circle r="6" />
              <path d="M-2.600-2.600L2.600 2.600M2.600-2.600L-2.600 2.600" />
            </>
          )}
          {className.includes('new') && (
            <>
              <circle r="6" />
              <path d="M0-3.200V3.200M-3.200 0H3.200" />
            </>
          )}
        </g>
      </g>
    </svg>
  )
}

export function Chosen({ link, src, dst, map, close, show, into }: { link: Link; src: Item; dst: Item; map: TalkMap; close: () => void; show: (finding: string) => void; into: (at: string) => void }) {
  const ways = useMemo(() => {
    const n = new Map<string, number>()
    for (const e of link.edges) for (const v of e.via ?? []) n.set(v.name, (n.get(v.name) ?? 0) + v.count)
    return [...n].sort((a, b) => b[1] - a[1])
  }, [link])
  const uses = link.edges.filter((e) => e.kind === 'use')
  const pairs = link.edges.length > 1 ? [...link.edges].sort((a, b) => (b.findings ?? 0) - (a.findings ?? 0)).slice(0, 6) : []
  const owner = src.node?.owner || dst.node?.owner
  return (
    <Panel title={<>{src.label} → {dst.label}</>} aside={<button type="button" className="button quiet" onClick={close} aria-label="Close">✕</button>}>
      <div className="stack wide">
        <dl className="facts">
          <dt>From</dt>
          <dd>
            {src.into ? <button type="button" className="link" onClick={() => into(src.into)}>{src.label}</button> : src.label} <span className="muted small">{src.what}</span>
          </dd>
          <dt>To</dt>
          <dd>
            {dst.into ? <button type="button" className="link" onClick={() => into(dst.into)}>{dst.label}</button> : dst.label} <span className="muted small">{dst.what}</span>
          </dd>
          {owner && (
            <>
              <dt>Network</dt>
              <dd>{visible(owner)}</dd>
            </>
          )}
          {connections(link) > 0 && (
            <>
              <dt>Connections</dt>
              <dd className="num">{connections(link).toLocaleString('en')}, {bytesOf(bytes(link))}</dd>
            </>
          )}
          {link.requests > 0 && (
            <>
              <dt>API requests</dt>
              <dd className="num">{link.requests.toLocaleString('en')}{uses.length === link.edges.length && ' made from there'}</dd>
            </>
          )}
          {link.refused > 0 && (
            <>
              <dt>Refused</dt>
              <dd className="num">{link.refused.toLocaleString('en')}</dd>
            </>
          )}
          {ways.length > 0 && (
            <>
              <dt>By</dt>
              <dd>{listed(ways.map(([name]) => visible(name)), 6)}</dd>
            </>
          )}
          <dt>Seen</dt>
          <dd className="small">
            <Time at={link.first} /> to <Time at={link.last} />
          </dd>
          {link.fresh > 0 && (
            <>
              <dt>New</dt>
              <dd className="small">{link.fresh === link.edges.length ? 'not seen in the time before' : `${link.fresh} of ${count(link.edges.length, 'pair')}`}</dd>
            </>
          )}
        </dl>
        {pairs.length > 0 && (
          <div>
            <h3>Made of {count(link.edges.length, 'pair')}</h3>
            <ul className="plain-list small">
              {pairs.map((e, i) => (
                <li key={i}>
                  {e.severity && <Mark level={e.severity} size={10} />} {visible(map.nodes[e.src]?.name ?? '')} → {visible(map.nodes[e.dst]?.name ?? '')}
                </li>
              ))}
              {link.edges.length > pairs.length && <li className="muted">and {count(link.edges.length - pairs.length, 'more pair')}</li>}
            </ul>
          </div>
        )}
        {link.findings.size > 0 && (
          <div>
            <h3>Findings about it</h3>
            <ul className="plain-list small">
              {[...link.findings].slice(0, mostFindings).map((id) => (
                <FindingLine key={id} id={id} show={show} />
              ))}
            </ul>
          </div>
        )}
        <div className="row wrap">
          {questions(link, src, dst).map((q) => (
            <To key={q.words} className="button" to={`/hunt?${new URLSearchParams({ q: q.query, from: map.from, to: map.to })}`}>
              {q.words}
            </To>
          ))}
        </div>
      </div>
    </Panel>
  )
}

function FindingLine({ id, show }: { id: string; show: (id: string) => void }) {
  const f = useQuery<Finding, Failed>({ queryKey: ['finding', id], queryFn: ({ signal }) => get<Finding>(`/findings/${encodeURIComponent(id)}`, {}, signal) })
  return (
    <li>
      {f.data && <Severity level={f.data.severity as Level} />}{' '}
      <button type="button" className="link" onClick={() => show(id)}>
        {f.data ? visible(f.data.title) : 'A finding'}
      </button>
    </li>
  )
}
