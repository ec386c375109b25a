package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// colorMode says when text is coloured.
type colorMode uint8

const (
	colorAuto   colorMode = iota // on a terminal, unless NO_COLOR is set
	colorAlways                  // --color
	colorNever                   // --no-color
)

// colorFlags are the flags of commands that print text with colours.
type colorFlags struct{ always, never bool }

func (f *colorFlags) register(s *pflag.FlagSet) {
	s.BoolVar(&f.always, "color", false, "colour text always")
	s.BoolVar(&f.never, "no-color", false, "never colour text")
}

// check refuses both flags at once.
func (f *colorFlags) check(c *cobra.Command) error {
	if f.always && f.never {
		return usagef(c, "--color and --no-color contradict each other: give one")
	}
	return nil
}

func (f *colorFlags) mode() colorMode {
	switch {
	case f.always:
		return colorAlways
	case f.never:
		return colorNever
	}
	return colorAuto
}
