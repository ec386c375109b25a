// Command rulepage writes the page that lists the built-in rules. Package
// rules runs it by go generate.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "rulepage:", err)
		os.Exit(1)
	}
}

// run writes the page to the file that args name.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: rulepage FILE")
	}
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "rules"})
	for _, p := range loaded.Errors {
		return p
	}
	return os.WriteFile(args[0], page(loaded.Rules), 0o644)
}
