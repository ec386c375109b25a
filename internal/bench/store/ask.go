package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/lake"
	"github.com/lynceus-io/lynceus/store/lake/duck"
)

// question is one that is asked of a store, and what its answer must be.
type question struct {
	about  string
	kql    string
	target time.Duration // warm; 0 for none
	check  func(rows [][]value.Value) error
}

// asked is how long a question took.
type asked struct {
	question
	rows       int
	statements int64
	cold       time.Duration // a new engine, and no file in memory
	first      time.Duration // a new engine
	warm       time.Duration // the median
	slowest    time.Duration
	cpu        time.Duration // of the median's rounds, on average
}

// engine opens an engine on a lake as the server does.
func engine(l *lake.Lake, dir string) (*duck.Engine, error) {
	return duck.Open(l, duck.Options{Directories: []string{dir}, TempDir: filepath.Join(dir, "tmp-queries")})
}

// answer asks a question and reads the whole answer.
func answer(ctx context.Context, e *duck.Engine, text string) (rows [][]value.Value, st kql.Stats, err error) {
	q, err := kql.Compile(text, kql.Options{})
	if err != nil {
		return nil, st, err
	}
	r, err := q.Run(ctx, e, kql.Limits{})
	if err != nil {
		return nil, st, err
	}
	row := make([]value.Value, len(r.Columns()))
	for r.Next(row) {
		rows = append(rows, slices.Clone(row))
	}
	err = errors.Join(r.Err(), r.Close())
	return rows, r.Stats(), err
}

// ask asks questions, each cold and then warm, and prints a line for each as
// it goes.
func (s *store) ask(ctx context.Context, w io.Writer, questions []question, rounds int) (wrong []error, err error) {
	fmt.Fprintf(w, "%-52s %9s %9s %9s %9s %9s %8s %7s\n", "question", "target", "warm", "slowest", "cpu", "first", "cold", "rows")
	for _, q := range questions {
		a := asked{question: q}
		rows, err := s.cold(ctx, &a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.kql, err)
		}
		if err := q.check(rows); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", q.kql, err))
		}
		if err := s.warm(ctx, &a, rounds); err != nil {
			return nil, fmt.Errorf("%s: %w", q.kql, err)
		}
		missed := ""
		if q.target > 0 && a.warm > q.target {
			missed = "  MISSED"
		}
		fmt.Fprintf(w, "%-52s %9s %9s %9s %9s %9s %8s %7d%s\n    %s\n", q.about, short(q.target), short(a.warm), short(a.slowest), short(a.cpu), short(a.first), short(a.cold), a.rows, missed, q.kql)
	}
	return wrong, nil
}

// cold asks for the first time.
func (s *store) cold(ctx context.Context, a *asked) (rows [][]value.Value, err error) {
	files, err := segmentFiles(s.dir)
	if err != nil {
		return nil, err
	}
	if err := evict(files); err != nil {
		return nil, err
	}
	e, err := engine(s.lake, s.dir)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	rows, _, err = answer(ctx, e, a.kql)
	a.cold = time.Since(start)
	return rows, errors.Join(err, e.Close())
}

// warm asks again and again.
func (s *store) warm(ctx context.Context, a *asked, rounds int) error {
	e, err := engine(s.lake, s.dir)
	if err != nil {
		return err
	}
	defer e.Close()
	start := time.Now()
	if _, _, err := answer(ctx, e, a.kql); err != nil {
		return err
	}
	a.first = time.Since(start)
	var times []time.Duration
	before := now()
	for range rounds {
		start := time.Now()
		rows, st, err := answer(ctx, e, a.kql)
		if err != nil {
			return err
		}
		times = append(times, time.Since(start))
		a.rows, a.statements = len(rows), st.Statements
	}
	a.cpu = now().since(before).cpu / time.Duration(rounds)
	slices.Sort(times)
	a.warm, a.slowest = times[len(times)/2], times[len(times)-1]
	return nil
}

// segmentFiles are the files of a lake's segments.
func segmentFiles(dir string) (out []string, err error) {
	err = filepath.WalkDir(filepath.Join(dir, "seg"), func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".idx")) {
			out = append(out, name)
		}
		return err
	})
	return out, err
}

// short prints a duration in milliseconds.
func short(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
