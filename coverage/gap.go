package coverage

import (
	"fmt"
	"strings"
	"time"
)

// Reason is why something is missing.
type Reason string

// The reasons.
const (
	Missing  Reason = "missing"  // events were lost or shed
	Silent   Reason = "silent"   // the source said nothing, and had before
	Unseen   Reason = "unseen"   // there should be a source, and none ever reported
	NoLedger Reason = "before"   // from before the ledger begins
	NoSource Reason = "nosource" // no source of that role ever reported
)

// Gap is a stretch of time of which a source told nothing, or not all.
type Gap struct {
	Key
	Role   Role   `json:"role"`
	Reason Reason `json:"reason"`
	// From is included, To is not; To is zero while the gap lasts, From where it has no beginning.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Seen, Lost and Shed are of that time; Missing is where the lost and shed ones went missing, by hop.
	Seen    int64         `json:"seen,omitempty"`
	Lost    int64         `json:"lost,omitempty"`
	Shed    int64         `json:"shed,omitempty"`
	Missing map[Hop]int64 `json:"missing,omitempty"`
}

// Share is which part of the events went missing, of those that would have been there; 0 where none is known to.
func (g *Gap) Share() float64 { return share(g.Seen, g.Lost+g.Shed, g.Missing[Ring]+g.Missing[Parse]) }

// ShareAt is which part of the events went missing at a hop.
func (g *Gap) ShareAt(h Hop) float64 {
	return share(g.Seen, g.Missing[h], g.Missing[Ring]+g.Missing[Parse])
}

// share is which part is gone: what was seen may have gone missing afterwards, but what did not become an event was
// never seen.
func share(seen, gone, unseen int64) float64 {
	if gone == 0 {
		return 0
	}
	return float64(gone) / float64(max(seen+unseen, gone))
}

// String says in words what is missing: "node w1 said nothing 10:02-10:09".
func (g *Gap) String() string {
	switch g.Reason {
	case NoLedger:
		return "the ledger begins at " + clock(g.To)
	case NoSource:
		return "no " + string(g.Role) + " source has ever reported"
	case Silent:
		return g.Key.String() + " said nothing " + g.when()
	case Unseen:
		return g.Key.String() + " had no " + string(g.Role) + " " + g.when()
	}
	var at []string
	for h := range Hops {
		if n := g.Missing[h]; n > 0 {
			at = append(at, h.String())
		}
	}
	text := fmt.Sprintf("%s: %d events (%.1f %%) went missing", g.Key, g.Lost+g.Shed, 100*g.Share())
	if len(at) > 0 {
		text += " at " + strings.Join(at, ", ")
	}
	return text + " " + g.when()
}

// when says the time of a gap.
func (g *Gap) when() string {
	switch {
	case g.To.IsZero() && g.From.IsZero():
		return "at any time"
	case g.To.IsZero():
		return "since " + clock(g.From)
	case g.From.IsZero():
		return "until " + clock(g.To)
	case g.From.UTC().Format(time.DateOnly) == g.To.UTC().Format(time.DateOnly):
		return clock(g.From) + " - " + g.To.UTC().Format("15:04:05")
	}
	return clock(g.From) + " - " + clock(g.To)
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
