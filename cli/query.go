package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) query() *cobra.Command {
	f := a.newQueryFlags()
	c := &cobra.Command{
		Use:   "query [flags] 'KQL'|-",
		Short: "Ask the stored events in KQL",
		Long: `Ask the stored events a question in KQL, the Kusto query language; - reads it from standard input.

Tables: audit, process, file, network, dns, finding, incident, ...; lynceus fields names their columns, and
docs/kql.md the operators and functions. A running lynceus up is asked through its API; where none
runs on the data directory, the store there is read.`,
		Example: `  lynceus query 'audit | where resource.type == "secrets" | summarize count() by actor.user.name' --since 24h
  lynceus query 'audit | summarize count() by bin(time, 5m) | render timechart' --output chart
  lynceus query 'declare query_parameters(who:string); audit | where actor.user.name == who' --param who=jane
  lynceus query - --output parquet --out rows.parquet < hunt.kql`,
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usagef(c, "there is no query: give one in quotes, or - for standard input")
			case len(args) > 1:
				return usagef(c, "a query is one argument and %d came: put it in quotes", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			text, err := a.queryText(args[0])
			if err != nil {
				return err
			}
			r, err := f.request(c, text, a.now())
			if err != nil {
				return err
			}
			if _, isTerminal := terminal(a.stdout); isTerminal && f.form == "parquet" && f.out == "" {
				return usagef(c, "a Parquet file is nothing to show on a terminal: give --out FILE")
			}
			src, err := a.source(c.Context(), &f.sourceFlags)
			if err != nil {
				return err
			}
			defer src.close()
			_, err = a.put(c.Context(), src, f, r)
			return err
		},
	}
	f.register(c.Flags())
	return c
}

// maxQueryText bounds a query on standard input, in bytes.
const maxQueryText = 256 << 10

func (a *app) queryText(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	b, err := io.ReadAll(io.LimitReader(a.stdin, maxQueryText+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the query: %w", err)
	case len(b) > maxQueryText:
		return "", fmt.Errorf("the query is longer than %d bytes", maxQueryText)
	case strings.TrimSpace(string(b)) == "":
		return "", errors.New("standard input is empty: there is no query")
	}
	return string(b), nil
}

// writing opens what an answer is written to. The function it returns ends
// the writing; it is given whether all went well.
func (a *app) writing(f *queryFlags, show *queryProgress) (output.AnswerWriter, func(ok bool) error, error) {
	if f.out == "" {
		to := a.stdout
		if _, isTerminal := terminal(a.stdout); isTerminal {
			to = clearing{a.stdout, show}
		}
		w, err := output.NewAnswerWriter(string(f.form), to, a.textOptions(a.stdout, f.color.mode()))
		return w, func(bool) error { return nil }, err
	}
	file, err := os.OpenFile(f.out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, &writeError{err}
	}
	w, err := output.NewAnswerWriter(string(f.form), file, a.textOptions(file, f.color.mode()))
	return w, func(ok bool) error {
		if err := file.Close(); err != nil && ok {
			return &writeError{err}
		}
		return nil
	}, err
}
