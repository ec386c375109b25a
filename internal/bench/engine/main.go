// Command engine prints how fast the rule engine is, beside the plain
// evaluation of one rule after another, in one table.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/lynceus-io/lynceus/internal/bench"
)

func main() {
	shared := flag.String("shared", "../shared", "directory with the published rules (corpora/sigma) and the real log (data)")
	only := flag.String("only", "", "measure only cases whose name contains this")
	flag.Parse()
	if err := run(os.Stdout, *shared, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer, shared, only string) error {
	cases, missing, err := bench.Cases(filepath.Join(shared, "corpora"), filepath.Join(shared, "data"))
	if err != nil {
		return err
	}
	for _, m := range missing {
		fmt.Fprintln(w, "missing:", m)
	}
	fmt.Fprintf(w, "%-44s %6s %8s %10s %12s %7s %8s %8s\n", "case", "rules", "events", "ns/event", "naive ns", "ratio", "allocs", "matches")
	for _, c := range cases {
		if !strings.Contains(c.Name, only) {
			continue
		}
		r, err := bench.Measure(c)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-44s %6d %8d %10d %12d %6.1fx %8.3f %8.3f\n", c.Name, len(c.Rules), len(c.Events), r.Engine.Nanoseconds(), r.Naive.Nanoseconds(),
			float64(r.Naive)/float64(r.Engine), r.Allocs, r.Matches)
	}
	return nil
}
