// Command store measures the store: it fills one with made-up events, asks it
// the questions that the requirements name and others, compares the answers
// with what was put in, and prints how long everything took.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// options are what one run measures.
type options struct {
	dir     string
	events  int64
	seed    uint64
	rounds  int
	compare int64
	only    string
	about   string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "directory of the store, which is kept and made larger when it has fewer events; without it, one that is removed afterwards")
	flag.Int64Var(&o.events, "events", 100_000_000, "how many events")
	flag.Uint64Var(&o.seed, "seed", 7, "what the events follow from")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each question is asked warm; the median counts")
	flag.Int64Var(&o.compare, "compare", 1_000_000, "how many events the comparison with other tools has; 0 for none")
	flag.StringVar(&o.only, "only", "", "only some of: build, ask, ingest, beside, compare (separated by commas)")
	flag.StringVar(&o.about, "about", "", "only questions whose name contains this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Stderr, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w, progress io.Writer, o options) error {
	want := func(name string) bool {
		return o.only == "" || slices.Contains(strings.Split(o.only, ","), name)
	}
	if want("ingest") {
		if err := ingest(ctx, w, o.dir, o.seed); err != nil {
			return err
		}
	}
	if !want("ask") && !want("build") {
		return nil
	}
	s, err := openStore(ctx, filepath.Join(o.dir, "store"), o.seed)
	if err != nil {
		return err
	}
	defer s.lake.Close()
	b, err := s.grow(ctx, o.events, progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%+v\n", b)
	if !want("ask") {
		return nil
	}
	wrong, err := s.ask(ctx, w, questions(s.truth, o.about), o.rounds)
	if err != nil {
		return err
	}
	return errors.Join(wrong...)
}
