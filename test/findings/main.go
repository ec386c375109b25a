// Command findings fills the store of a data directory with findings, as many as somebody has who left the rules of a
// few large clusters alone for two weeks: what lists of them cost is measured on such a store.
//
// The rows are made as a running server makes them, by the built-in rules and with whole documents, and written by the
// store's own writer. The same seed gives the same findings.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.data, "data", "", "data directory of a server that is not running (needed)")
	flag.IntVar(&o.findings, "findings", 100_000, "how many")
	flag.Int64Var(&o.seed, "seed", 1, "which")
	flag.DurationVar(&o.span, "span", 14*24*time.Hour, "time that they are spread over, up to --end")
	end := flag.String("end", "", "time of the last one (default: an hour ago)")
	flag.Parse()
	if err := o.until(*end); err != nil {
		fail(err)
	}
	if err := fill(context.Background(), &o); err != nil {
		fail(err)
	}
	fmt.Printf("%d findings in %s\n", o.findings, o.data)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// options say what is written.
type options struct {
	data     string
	findings int
	seed     int64
	span     time.Duration
	end      time.Time
}

// until reads the time of the last finding.
func (o *options) until(text string) (err error) {
	o.end = time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
	if text != "" {
		o.end, err = time.Parse(time.RFC3339, text)
	}
	return err
}
