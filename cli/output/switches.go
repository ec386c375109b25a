package output

import (
	"io"

	"github.com/lynceus-io/lynceus/store/switches"
)

// SwitchWords says where and until when a rule is off.
func SwitchWords(s *switches.Switch) string {
	where := "for all clusters"
	if s.Cluster != "" {
		where = "for cluster " + s.Cluster
	}
	return Clean(where + " " + untilText(s.Until))
}

// WriteSwitchChanges shows the changes of a rule's switch.
func WriteSwitchChanges(w io.Writer, list []switches.Change, o TextOptions) error {
	p := newPage(o)
	if len(list) == 0 {
		p.line("Nobody switched this rule.")
	}
	for i := range list {
		c := &list[i]
		if !c.Off {
			p.line(c.Time.UTC().Format(minute) + "  " + p.bold("on") + " by " + Clean(c.By))
			continue
		}
		p.line(c.Time.UTC().Format(minute) + "  " + p.bold("off") + " by " + Clean(c.By) + ", " + SwitchWords(&c.Switch))
		p.hang("    ", 4, 4, Clean(c.Switch.Reason), nil)
	}
	return p.writeTo(w)
}
