// Command quality scans recordings with the built-in rules and prints how
// good detection is on them. With -write it renews the page and the figures
// that the repository is held to.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/lynceus-io/lynceus/internal/eval"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

func main() {
	dir := flag.String("recordings", "test/recordings", "directory of recordings, each a directory with audit.jsonl.gz, and where there are inventory.jsonl.gz and steps.jsonl")
	output := flag.String("output", "markdown", "markdown or json")
	page := flag.String("page", "", "write the figures into this page, between its markers")
	figures := flag.String("figures", "", "write the figures to this file as JSON")
	flag.Parse()
	if err := run(os.Stdout, *dir, *output, *page, *figures); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer, dir, output, page, figures string) error {
	recordings, err := eval.Open(dir)
	if err != nil {
		return err
	}
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	summary, err := eval.Run(context.Background(), recordings, loaded.Rules)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	summary.Print(&text)
	encoded, err := json.MarshalIndent(summary, "", "  ")
	if err != nil {
		return err
	}
	switch output {
	case "markdown":
		_, err = fmt.Fprintf(w, "%s%.1f s, %.0f requests/s\n", text.Bytes(), summary.Seconds, float64(summary.Requests)/summary.Seconds)
	case "json":
		_, err = fmt.Fprintf(w, "%s\n", encoded)
	default:
		err = fmt.Errorf("-output %q: use markdown or json", output)
	}
	if err != nil {
		return err
	}
	if figures != "" {
		if err := os.WriteFile(figures, append(encoded, '\n'), 0o644); err != nil {
			return err
		}
	}
	if page == "" {
		return nil
	}
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	renewed, err := eval.Splice(old, text.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, renewed, 0o644)
}
