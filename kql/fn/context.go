package fn

import (
	"fmt"
	"regexp"
	"time"

	_ "time/tzdata" // zones for the functions that convert local time

	"github.com/lynceus-io/lynceus/kql/value"
)

// Limits of what one query can make a function do.
const (
	// MaxPattern is the length of a regular expression in bytes: RE2
	// programs grow with it.
	MaxPattern = 4096
	// MaxText is the longest string that a function makes of shorter ones.
	MaxText = 16 << 20
	// MaxItems is the most elements that range, repeat and their like make;
	// Kusto has the same bound.
	MaxItems = 1 << 20

	maxPatterns = 256 // compiled patterns and zones that a Context keeps
)

// DefaultMaxMade bounds what functions make for one row when nothing is said.
const DefaultMaxMade = 512 << 20

// make counts n bytes; false, and the query ends, where that is too many.
func (c *Context) make(n int64) bool {
	limit := c.MaxMade
	if limit == 0 {
		limit = DefaultMaxMade
	}
	if c.Made += n; c.Made > limit {
		c.Fail(fmt.Errorf("functions need more than %d MB for one row; make shorter arrays or texts", limit>>20))
		return false
	}
	return true
}

// bigSize is roughly what a result takes where it is large, else 0.
func bigSize(v value.Value) int64 {
	const manyItems, element, longText = 256, 112, 4096
	switch {
	case v.Type == value.TypeDynamic && v.Node != nil && len(v.Node.Items) > manyItems:
		return int64(len(v.Node.Items)) * element
	case len(v.Text) > longText:
		return int64(len(v.Text))
	}
	return 0
}

// Pattern returns the compiled regular expression, nil where it is none. The
// latest ones are kept.
func (c *Context) Pattern(pattern string) *regexp.Regexp {
	if re, ok := c.patterns[pattern]; ok {
		return re
	}
	re, _ := CompilePattern(pattern)
	if c.patterns == nil || len(c.patterns) >= maxPatterns {
		c.patterns = make(map[string]*regexp.Regexp)
	}
	c.patterns[pattern] = re
	return re
}

// CompilePattern compiles a regular expression of the language: RE2 syntax.
func CompilePattern(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > MaxPattern {
		return nil, fmt.Errorf("the regular expression has %d bytes; at most %d are allowed", len(pattern), MaxPattern)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("not a regular expression: %w", err)
	}
	return re, nil
}

// zone returns the time zone of that IANA name, nil where there is none.
func (c *Context) zone(name string) *time.Location {
	if loc, ok := c.zones[name]; ok {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		loc = nil
	}
	if c.zones == nil || len(c.zones) >= maxPatterns {
		c.zones = make(map[string]*time.Location)
	}
	c.zones[name] = loc
	return loc
}

// node parses a string as JSON for a function that takes JSON text.
func node(v value.Value) *value.Node { return value.Convert(v, value.TypeDynamic).Node }
