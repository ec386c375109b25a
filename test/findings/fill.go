package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
	"github.com/lynceus-io/lynceus/store/lake"
)

// lakeDir is where a server's store stands in its data directory.
const lakeDir = "lake"

// batch is how many findings are committed at once, some hours of them.
const batch = 5000

// fill writes the findings.
func fill(ctx context.Context, o *options) (err error) {
	if o.data == "" || o.findings < 1 || o.span <= 0 {
		return errors.New("give --data, and how many findings over what span")
	}
	loaded := load.Load(files.Tree{FS: rules.FS, Root: ".", Name: "built-in"})
	if len(loaded.Errors) > 0 {
		return loaded.Errors[0]
	}
	l, _, err := lake.Open(ctx, lake.Options{Dir: filepath.Join(o.data, lakeDir)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	m := newMaker(o, loaded.Rules)
	// A partition of its own: what a server reads from its bus has others.
	const partition = "filled"
	at := l.Mark(partition)
	var e event.Event
	for written := 0; written < o.findings; {
		n := min(batch, o.findings-written)
		a := l.Begin(partition, at+1, at+uint64(n))
		for i := range n {
			f, s := m.finding(written + i)
			if err := row.Finding(&e, f, s); err != nil {
				return errors.Join(err, a.Abort())
			}
			if err := a.Add(&e); err != nil {
				return errors.Join(err, a.Abort())
			}
		}
		if err := a.Commit(ctx); err != nil {
			return err
		}
		written, at = written+n, at+uint64(n)
	}
	return nil
}
