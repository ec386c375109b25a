package api_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// fakeStore answers queries by their first word: rows N, fail N, hang, deep
// (an error of the language), and everything about findings.
type fakeStore struct {
	mu      sync.Mutex
	asked   []hunt.Request
	hanging atomic.Int32
	finding [][]value.Value
}

type fakeAnswer struct {
	ctx    context.Context
	cols   []plan.Column
	rows   [][]value.Value
	at     int
	given  atomic.Int64 // a.at, for Progress, which others call meanwhile
	hang   bool
	err    error
	failAt error
	store  *fakeStore
}

func (f *fakeStore) Query(ctx context.Context, r hunt.Request) (hunt.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, r)
	f.mu.Unlock()
	a := &fakeAnswer{ctx: ctx, cols: []plan.Column{{Name: "n", Type: value.TypeLong}, {Name: "text", Type: value.TypeString}}, store: f}
	switch word, _, _ := strings.Cut(strings.TrimSpace(r.KQL), " "); {
	case strings.Contains(r.KQL, "finding_info.uid"):
		a.rows = f.finding
		if len(a.rows) > 0 {
			a.cols = make([]plan.Column, len(a.rows[0]))
		}
	case word == "many", word == "late":
		for i := range 5000 {
			a.rows = append(a.rows, []value.Value{value.Long(int64(i)), value.String("=row,\"\x1b[2J")})
		}
		if word == "late" {
			a.failAt = errors.New("secret detail of a disk")
		}
	case word == "fail":
		a.rows = [][]value.Value{{value.Long(1), value.String("a")}}
		a.failAt = errors.New("secret detail of a disk")
	case word == "hang":
		a.hang = true
	case word == "wrong":
		return nil, syntax.Errors{syntax.NewError(r.KQL, syntax.Span{Start: 6, End: 9}, "no such thing")}
	}
	return a, nil
}

func (f *fakeStore) Explain(_ context.Context, r hunt.Request) (string, error) {
	if strings.HasPrefix(r.KQL, "wrong") {
		return "", syntax.Errors{syntax.NewError(r.KQL, syntax.Span{Start: 6, End: 9}, "no such thing")}
	}
	return "plan of " + r.KQL, nil
}

func (a *fakeAnswer) Columns() []plan.Column { return a.cols }
func (a *fakeAnswer) Next(dst []value.Value) bool {
	if a.hang {
		a.store.hanging.Add(1)
		<-a.ctx.Done()
		a.store.hanging.Add(-1)
		a.err = a.ctx.Err()
		return false
	}
	if a.at == len(a.rows) {
		a.err = a.failAt
		return false
	}
	copy(dst, a.rows[a.at])
	a.at++
	a.given.Store(int64(a.at))
	return true
}

// Coverage implements hunt.Covered.
func (a *fakeAnswer) Coverage() *coverage.Statement {
	return testBook().State(coverage.Question{}, time.Now())
}

func (a *fakeAnswer) Err() error   { return a.err }
func (a *fakeAnswer) Close() error { return nil }
func (a *fakeAnswer) Progress() hunt.Progress {
	return hunt.Progress{Rows: a.given.Load(), ScannedBytes: 42, Elapsed: time.Millisecond}
}
func (a *fakeAnswer) Render() hunt.Render { return hunt.Render{Kind: "barchart"} }
func (a *fakeAnswer) Notes() []string     { return []string{"no process events"} }
