package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/evidence"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) verify() *cobra.Command {
	var hash string
	c := &cobra.Command{
		Use:   "verify [flags] FILE|-",
		Short: "Check an evidence file for changes",
		Long: `Check a file that query --evidence or ask --evidence wrote: whether a byte was changed, and whether lines
are missing, were added or moved, and where.

The hashes in the file find every change but one: a file that somebody wrote anew as a whole, with new hashes. That is
found with --hash, the hash that was said when the file was written and was kept elsewhere.

Exit codes: 0 the file is as it was written, 1 it is not, 2 wrong use, 3 it could not be read.`,
		Example: "  lynceus verify --hash 9c1f0a7be2d34410 case-17.jsonl",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "name one file, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runVerify(c, args[0], strings.ToLower(hash)) },
	}
	c.Flags().StringVar(&hash, "hash", "", "the hash that the file must end with, or the first 16 or more `DIGITS` of it")
	return c
}

// leastHash is how many digits of a hash are enough to tell files apart: 64
// bits.
const leastHash = 16

func (a *app) runVerify(c *cobra.Command, name, hash string) error {
	if hash != "" && (len(hash) < leastHash || strings.Trim(hash, "0123456789abcdef") != "") {
		return usagef(c, "--hash %s: give at least %d of its digits", hash, leastHash)
	}
	var in io.Reader = a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	r, err := evidence.Verify(in)
	if err != nil {
		return err
	}
	for _, f := range r.Flaws {
		fmt.Fprintf(a.stdout, "line %d (byte %d): %s\n", f.Line, f.Offset, output.Clean(f.Text))
	}
	if r.More > 0 {
		fmt.Fprintf(a.stdout, "... and %d more\n", r.More)
	}
	if hash != "" && !strings.HasPrefix(r.Hash, hash) {
		fmt.Fprintf(a.stdout, "the file ends with the hash %s, not %s: it was written anew, or is another file\n", orNone(r.Hash), hash)
		return &metError{"the file is not what was written"}
	}
	if len(r.Flaws) > 0 {
		return &metError{"the file is not what was written"}
	}
	return a.verified(r)
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// verified says what a whole file is evidence of.
func (a *app) verified(r *evidence.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The file is as it was written: %s.\n", countNoun(int(r.Rows), "row", "rows"))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-7s %s\n", label, strings.ReplaceAll(output.CleanLines(text), "\n", "\n        "))
		}
	}
	h := r.Header
	line("query", strings.TrimSpace(h.Query))
	for _, name := range slices.Sorted(maps.Keys(h.Params)) {
		line("", name+"="+h.Params[name])
	}
	line("as of", stampText(h.Time))
	line("from", stampText(h.From))
	line("to", stampText(h.To))
	line("store", h.Store)
	for _, n := range h.Notes {
		line("note", n)
	}
	line("hash", r.Hash)
	if _, err := io.WriteString(a.stdout, b.String()); err != nil {
		return &writeError{err}
	}
	return nil
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
