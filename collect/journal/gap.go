package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/event"
)

// gap is the document of a row that tells of a file that is gone before it was
// read to its end.
type gap struct {
	Gap  gapFile   `json:"journal_gap"`
	Time time.Time `json:"time"`
}

type gapFile struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// Entries is how many are missing at most; 0 where that cannot be told.
	Entries uint64 `json:"entries"`
	After   uint64 `json:"after"` // the sequence number of the last one read
}

// gaps is what a gap becomes.
var gaps = foreign.Format{Name: intake.NoticeName, Marks: [][]string{{"journal_gap.name", "journal_gap.id"}}, Read: readGap}

func readGap(doc []byte, to foreign.Rows) error {
	var x gap
	if err := foreign.Unmarshal(doc, &x); err != nil {
		return err
	}
	e := to.Begin(event.ClassLog, nil)
	event.Time.Set(e, x.Time.UnixNano())
	event.LogName.Set(e, intake.NoticeName)
	event.Message.Set(e, fmt.Sprintf("journal has a gap: %s was deleted before it was read to its end; %s", x.Gap.Name, x.Gap.missing()))
	to.End()
	return nil
}

func (g *gapFile) missing() string {
	if g.Entries == 0 {
		return fmt.Sprintf("how many entries after number %d are missing is not known", g.After)
	}
	return fmt.Sprintf("up to %d entries after number %d are missing", g.Entries, g.After)
}

// tellGap makes the row that says so durable.
func (f *follower) tellGap(ctx context.Context, p *Position, entries uint64, now time.Time) error {
	g := gap{Gap: gapFile{Name: p.Name, ID: p.File, Entries: entries, After: p.Seqnum}, Time: now.UTC()}
	doc, err := json.Marshal(g)
	if err != nil {
		return err
	}
	f.r.o.Log.Warn("a file of the journal was deleted before it was read to its end", "file", p.Name, "entries", entries, "after", p.Seqnum)
	return f.gaps.Lines(f.r.from, doc, 1, 0, func(b *audit.Batch) error { return f.r.o.Deliver(ctx, b) })
}
