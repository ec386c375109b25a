package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
)

// What findings and incidents have in common: both are rows of the store, and
// are asked for in KQL like everything else. What a client gave is passed as
// the query's parameters, never as its text.

// listing is one page of a list of rows, as it is asked for.
type listing struct {
	declare []string // of parameters, "x:string"
	where   []string
	params  map[string]string
	limit   int
	since   string // as it was given
}

// Sizes of a page.
const (
	defaultPage = 100
	maxPage     = 1000
)

// cursor is where the next page begins: after the row of that time and id.
type cursor struct {
	Time string `json:"t"`
	ID   string `json:"i"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // two strings
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(text string) (c cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err == nil && (c.Time == "" || c.ID == "") {
		err = fmt.Errorf("it lacks a part")
	}
	return c, err
}

func (l *listing) param(name, typ, text string) {
	l.declare = append(l.declare, name+":"+typ)
	l.params[name] = text
}

// equal keeps rows whose column has the text of a query parameter of the URL.
func (l *listing) equal(q url.Values, name, column string) {
	if text := q.Get(name); text != "" {
		l.param("_"+name, "string", text)
		l.where = append(l.where, column+" == _"+name)
	}
}

// newListing reads what every list of rows takes: severity, since, limit, cursor.
func newListing(q url.Values, known ...string) (*listing, error) {
	l := &listing{params: map[string]string{}, limit: defaultPage}
	bad := func(format string, args ...any) (*listing, error) {
		return nil, problem.New(problem.BadRequest, format, args...)
	}
	known = append(known, "severity", "since", "limit", "cursor")
	for name := range q {
		if !slices.Contains(known, name) {
			slices.Sort(known)
			return bad("there is no filter %q: give some of %s", name, strings.Join(known, ", "))
		}
	}
	if text := q.Get("severity"); text != "" {
		s, err := rule.ParseSeverity(text)
		if err != nil {
			return bad("severity: %v", err)
		}
		l.param("_severity", "long", strconv.Itoa(int(s)))
		l.where = append(l.where, "severity_id >= _severity")
	}
	if text := q.Get("since"); text != "" {
		l.since = text
		d, err := hunt.ParseSpan(text)
		at, timeErr := time.Parse(time.RFC3339, text)
		switch {
		case err == nil:
			l.param("_since", "timespan", value.Timespan(int64(d)/100).String())
			l.where = append(l.where, "last_seen_time >= ago(_since)")
		case timeErr == nil:
			l.param("_since", "datetime", at.UTC().Format(time.RFC3339Nano))
			l.where = append(l.where, "last_seen_time >= _since")
		default:
			return bad("since: %v, or a time like 2026-03-04T10:00:00Z", err)
		}
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return bad("limit: %q is no number from 1 to %d", text, maxPage)
		}
		l.limit = n
	}
	if text := q.Get("cursor"); text != "" {
		at, err := parseCursor(text)
		if err != nil {
			return bad("cursor: it is none that a list gave")
		}
		l.param("_time", "datetime", at.Time)
		l.param("_id", "string", at.ID)
		l.where = append(l.where, "last_seen_time < _time or (last_seen_time == _time and finding_info.uid > _id)")
	}
	return l, nil
}

// text is the beginning of a query: its parameters, the table and the filters.
func (l *listing) text(table string) string {
	var b strings.Builder
	if len(l.declare) > 0 {
		fmt.Fprintf(&b, "declare query_parameters(%s);\n", strings.Join(l.declare, ", "))
	}
	b.WriteString(table)
	for _, w := range l.where {
		b.WriteString("\n| where " + w)
	}
	return b.String()
}

// request returns the query for one page and one row more, by which it is
// known whether there is another page.
func (l *listing) request(table string, columns []string) hunt.Request {
	var b strings.Builder
	b.WriteString(l.text(table))
	b.WriteString("\n| sort by last_seen_time desc, finding_info.uid asc")
	fmt.Fprintf(&b, "\n| take %d", l.limit+1)
	b.WriteString("\n| project " + strings.Join(columns, ", "))
	return hunt.Request{KQL: b.String(), Params: l.params}
}

// page runs the query of a listing and divides the rows: those of this page
// go to each, and the cursor after them is returned where there are more. The
// first two columns must be the id and last_seen_time.
func (c *call) page(l *listing, table string, columns []string, each func(row []value.Value)) (next string, err error) {
	if c.s.o.Queries == nil {
		return "", missing("the store")
	}
	done, err := c.slot()
	if err != nil {
		return "", err
	}
	defer done()
	n := 0
	var last cursor
	r := c.s.limits.bound(l.request(table, columns))
	_, err = hunt.Collect(c.r.Context(), c.queries(), r, func(row []value.Value) error {
		if n++; n > l.limit {
			next = last.String()
			return nil
		}
		last = cursor{Time: row[1].String(), ID: row[0].Text}
		each(row)
		return nil
	})
	return next, err
}

// instant returns a datetime as documents have it; nil for null.
func instant(v value.Value) *time.Time {
	if v.Null {
		return nil
	}
	t := v.Time()
	return &t
}

// texts returns the strings of a dynamic array.
func texts(v value.Value) []string {
	out := []string{}
	if v.Node == nil {
		return out
	}
	for _, item := range v.Node.Items {
		if item != nil {
			out = append(out, item.Value().String())
		}
	}
	return out
}

// document returns raw_data as JSON, null where it is none.
func document(v value.Value) json.RawMessage {
	if v.Null || v.Node == nil {
		return json.RawMessage("null")
	}
	return v.Node.AppendJSON(nil)
}
