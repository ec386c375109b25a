package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/problem"
)

// metError ends a command that did its work with exit code 1. Text is shown
// on stderr unless it is empty.
type metError struct{ text string }

func (e *metError) Error() string { return e.text }

// writeError is a report that could not be written.
type writeError struct{ err error }

func (e *writeError) Error() string { return "write the report: " + e.err.Error() }

func (e *writeError) Unwrap() error { return e.err }

// usageError is a wrong use of the command line.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// usagef says what is wrong with the use of a command, and where its help is.
func usagef(c *cobra.Command, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...) + fmt.Sprintf("\nRun '%s --help' for how to use it.", c.CommandPath())}
}

// noArgs refuses arguments.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasAvailableSubCommands() {
		text := fmt.Sprintf("there is no command %q", args[0])
		c.SuggestionsMinimumDistance = 2
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			text += fmt.Sprintf("; did you mean %q?", near[0])
		}
		return usagef(c, "%s", text)
	}
	return usagef(c, "%s takes no arguments, and got %q", c.CommandPath(), args[0])
}

// explain adds to an error what to do about it.
func explain(err error) string {
	if p := problem.Of(err); p.Code != problem.Internal && p.Code != problem.Canceled {
		return p.Error()
	}
	var path *fs.PathError
	if !errors.As(err, &path) {
		return err.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("%s: there is no such file or directory; check the path", path.Path)
	case errors.Is(err, fs.ErrPermission) && errors.As(err, new(*writeError)):
		return fmt.Sprintf("%s: may not be written by this user; name another file", path.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("%s: may not be read by this user; run as one who may, or copy the file", path.Path)
	}
	return err.Error()
}
