package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/lynceus-io/lynceus/cli/output"
)

// terminal returns the descriptor of w where it is a terminal.
func terminal(w io.Writer) (fd int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	return int(f.Fd()), true
}

// textOptions says what the screen behind w can do. NO_COLOR is honoured as
// https://no-color.org describes.
func (a *app) textOptions(w io.Writer, mode colorMode) output.TextOptions {
	o := output.TextOptions{Color: mode == colorAlways}
	fd, ok := terminal(w)
	if !ok {
		return o
	}
	o.Width = terminalWidth(fd)
	if mode == colorAuto {
		o.Color = a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
	}
	return o
}

// terminalWidth returns the width of a terminal in columns, 0 where it does
// not tell.
func terminalWidth(fd int) int {
	width, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return width
}
