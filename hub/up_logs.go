package hub

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/collect/textlog"
)

// makeLogs follows logs of text and reads the journal, where that is asked for.
func (u *Up) makeLogs(ctx context.Context, decoding audit.LiveOptions) error {
	for _, o := range u.o.Journals {
		o.Feed = u.feed("", decoding)
		reader, err := journal.New(o)
		if err != nil {
			return err
		}
		u.run(ctx, "journal", reader.Run)
	}
	if len(u.o.Logs) == 0 {
		return nil
	}
	set, err := foreign.NewSet(textlog.NewFormat(textlog.Options{Node: u.o.LogNode, Now: u.o.Now}))
	if err != nil {
		return fmt.Errorf("prepare the forms of logs: %w", err)
	}
	decoding.Formats, decoding.Wrap = set, textlog.Wrap
	files, err := tail.New(tail.Options{
		Paths: u.o.Logs, Start: u.o.Start, Sink: u.sink, Ledger: &u.ledger, Checkpoints: u.state.logs, Live: decoding, Cluster: u.o.Cluster, Node: u.o.LogNode, Log: u.o.Log,
	})
	if err != nil {
		return err
	}
	u.run(ctx, "logs", files.Run)
	return nil
}
