package hub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
)

// Identities of rows have 128 bits, in hexadecimal digits. Those of a peer's rows begin with a mark of the peer, of 48 bits;
// 80 are left to what the peer says, of which two are alike among a thousand million rows once in a million.
const markDigits = 12

// marker says which mark the identities of a peer's rows begin with. Nobody can work one out without the installation's
// key, nor find a name for a node whose mark is that of another.
type marker struct{ key []byte }

// mark returns a peer's mark.
func (m marker) mark(n peer.Name) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte("rows of peer\x00" + n.Key()))
	return hex.EncodeToString(h.Sum(nil)[:markDigits/2])
}

// finding makes a row anew that tells of what rules found on a node: its identity, and those of the events that it names,
// are those under which the peer's rows are kept.
func (s *stamp) finding(e *event.Event) error {
	f, err := row.ReadFinding(e, func(string) *rule.Rule { return nil })
	if err != nil {
		return fmt.Errorf("%w: %w", errFinding, err)
	}
	if f.Rule.ID == "" {
		return fmt.Errorf("%w: it names no rule", errFinding)
	}
	f.ID, f.Cluster = s.set.Marked(f.ID), s.set.Cluster
	f.EventUIDs, f.Parts = s.all(f.EventUIDs), s.all(f.Parts)
	revision, _ := event.MetadataRevision.Get(e)
	if err := row.Finding(e, f, row.Standing{Revision: revision, Received: time.Unix(0, s.set.Received)}); err != nil {
		return fmt.Errorf("%w: %w", errFinding, err)
	}
	return nil
}

// all marks identities, of which a finding names at most detect.DefaultAuditIDs.
func (s *stamp) all(uids []string) []string {
	out := make([]string, 0, min(len(uids), detect.DefaultAuditIDs))
	for _, uid := range uids[:cap(out)] {
		out = append(out, s.set.Marked(uid))
	}
	return out
}
