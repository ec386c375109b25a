// Command page writes the parts of docs/kql.md that follow from the code: the
// operators, functions and aggregates, and where each runs. Package kql runs it
// by go generate. What stands outside the marked parts is left as it is.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

// run renews the page in the file that args name.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: page FILE")
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	text := string(b)
	for _, p := range parts() {
		body, err := p.write()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if text, err = replace(text, p.name, body); err != nil {
			return err
		}
	}
	return os.WriteFile(args[0], []byte(text), 0o644)
}

// part is what stands between two marks of the page.
type part struct {
	name  string
	write func() (string, error)
}

func parts() []part {
	return []part{
		{"operators", operatorTable}, {"other operators", otherTable}, {"functions", functionTable}, {"aggregates", aggregateTable},
		{"columns", columnTable},
	}
}

// replace puts body between the marks of a part.
func replace(text, name, body string) (string, error) {
	start, end := "<!-- generated: "+name+" -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(text, start)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("the page lacks %q with %q after it", strings.TrimSpace(start), end)
	}
	return head + start + body + end + tail, nil
}
