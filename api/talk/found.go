package talk

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
)

// foundRows are findings of the stretch of time that are told, the worst of
// the latest first.
const foundRows = `finding
| where last_seen_time >= _from and first_seen_time < _to and is_excluded != true
| sort by severity_id desc, last_seen_time desc
| take %d
| project finding_info.uid, severity_id, related_events`

// mark is a finding that is about an event.
type mark struct {
	id       string
	severity int64
}

// found marks the edges that findings are about, by the events behind them.
func (r *reader) found() error {
	marks := map[string][]mark{} // by metadata.uid
	query := declared + fmt.Sprintf(foundRows, r.ask.Bounds.Findings)
	_, err := hunt.Collect(r.ctx, r.q, hunt.Request{KQL: query, Params: r.params()}, func(row []value.Value) error {
		if row[2].Node == nil {
			return nil
		}
		for _, item := range row[2].Node.Items {
			if item == nil || !hexadecimal(item.Scalar.Text) {
				continue
			}
			if uid := item.Scalar.Text; marks[uid] != nil || len(marks) < r.ask.Bounds.Events {
				marks[uid] = append(marks[uid], mark{row[0].Text, row[1].Int})
			}
		}
		return nil
	})
	if err != nil || len(marks) == 0 {
		return err
	}
	var list strings.Builder
	for uid := range marks {
		if list.Len() > 0 {
			list.WriteByte(',')
		}
		list.WriteString(`"` + uid + `"`)
	}
	these := "\n| where metadata.uid in (" + list.String() + ")\n| project "
	err = r.rows(flowRows+these+flowKey+", uid = metadata.uid", func(row []value.Value) {
		f := readFlow(row)
		src, dst := f.ends(r)
		r.mark(src, dst, Flow, marks[row[flowKeyColumns].Text])
	})
	if err != nil {
		return err
	}
	return r.rows(requestRows+these+requestKey+", uid = metadata.uid", func(row []value.Value) {
		q := readRequest(row)
		src, _, dst := q.ends(r)
		r.mark(src, dst, Request, marks[row[requestKeyColumns].Text])
	})
}

func (r *reader) mark(src, dst end, kind EdgeKind, marks []mark) {
	e := r.g.edge(r, src, dst, kind)
	if e == nil {
		return
	}
	if e.findings == nil {
		e.findings = map[string]int64{}
	}
	for _, m := range marks {
		e.findings[m.id] = m.severity
	}
}

// hexadecimal reports whether a text is one that may stand in a query as it
// is: identities of events are 32 digits.
func hexadecimal(text string) bool {
	if len(text) != 32 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// severityName returns the word for a severity's number, "" for none.
func severityName(n int64) string {
	if n < int64(rule.Informational) || n > int64(rule.Critical) {
		return ""
	}
	return rule.Severity(n).String()
}
