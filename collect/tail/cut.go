package tail

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

// notice is the document of such a row.
type notice struct {
	Cut  cutLog    `json:"cut_log"`
	Time time.Time `json:"time"`
}

type cutLog struct {
	Path  string `json:"path"`
	Text  string `json:"text"` // ID of its checkpoint
	Read  int64  `json:"read"` // bytes that had been read of it
	Lines int64  `json:"lines"`
	Node  string `json:"node,omitempty"`
}

// notices is what a notice becomes.
var notices = foreign.Format{Name: intake.NoticeName, Marks: [][]string{{"cut_log.path", "cut_log.text"}}, Read: readNotice}

func readNotice(doc []byte, to foreign.Rows) error {
	var x notice
	if err := foreign.Unmarshal(doc, &x); err != nil {
		return err
	}
	e := to.Begin(event.ClassLog, nil)
	event.Time.Set(e, x.Time.UnixNano())
	event.LogName.Set(e, intake.NoticeName)
	event.Message.Set(e, fmt.Sprintf("log was cut: %s no longer has the %d lines (%d bytes) that were read of it, and no other file has them", x.Cut.Path, x.Cut.Lines, x.Cut.Read))
	foreign.Text(e, event.K8sNode, x.Cut.Node)
	to.End()
	return nil
}

// missed notes that a text is not in its file any more: that was emptied,
// shortened or edited. Rotation does so, too, but leaves the text elsewhere.
func (x *text) missed(now time.Time) {
	if x.Cut == 0 && x.HeadLength >= leastHead { // or its copy could not be told
		x.Cut, x.dirty = now.UnixNano(), true
	}
}

// missOwn notes what a file that holds another text now had before.
func (t *Tail) missOwn(f *file, now time.Time) {
	for x := range t.texts {
		if x.carrier == nil && !x.Complete && x.Path == f.path && x.Device == f.id.device && x.Inode == f.id.inode {
			x.missed(now)
		}
	}
}

// tellCuts tells of texts that no file has had since they were cut from
// theirs, once that is as long as a rotation may take.
func (t *Tail) tellCuts(ctx context.Context, now time.Time) {
	for x := range t.texts {
		switch {
		case x.Cut == 0:
		case x.carrier != nil: // it was found elsewhere
			x.Cut, x.Told, x.dirty = 0, false, true
		case !x.Told && now.Sub(time.Unix(0, x.Cut)) >= t.opts.RotateWait:
			if t.tellCut(ctx, x) == nil { // else the next look does
				x.Told, x.dirty = true, true
			}
		}
	}
}

// tellCut makes the row that says so durable.
func (t *Tail) tellCut(ctx context.Context, x *text) error {
	doc, err := json.Marshal(notice{
		Cut: cutLog{Path: x.Path, Text: x.ID, Read: x.Offset, Lines: x.Lines, Node: t.opts.Node}, Time: time.Unix(0, x.Cut).UTC(),
	})
	if err != nil {
		return err
	}
	t.opts.Log.Warn("log was cut: what was read of it is in no file any more", "file", x.Path, "bytes", x.Offset)
	return t.notices.Lines(t.origin(x), doc, 1, 0, func(b *audit.Batch) error { return t.take(ctx, b) })
}
