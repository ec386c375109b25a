package hub

import (
	"io"
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
)

// ScanOptions say what to scan, and for what.
type ScanOptions struct {
	// Files are logs and directories of them; "-" is Stdin.
	Files []string
	Stdin io.Reader
	// Rules are judged; correlations among them.
	Rules []*rule.Rule
	// Baseline are logs of the past that somebody has reviewed: novelty and
	// addresses are learned from them, and nothing in them is reported.
	Baseline []string
	// Inventory are recordings of what the cluster contained, as lynceus agent
	// --record writes them, plain or compressed. They are read before any log.
	Inventory []string
	// Since and Until bound the events by time; zero means no bound.
	Since, Until time.Time
	// Inside are the networks of the cluster and of those who may call it.
	Inside []netip.Prefix
	// Feeds are named lists of addresses, such as the exits of Tor.
	Feeds []*identity.Feed
	// AuditIDs is how many audit ids a finding keeps; 0 means 1,000, negative
	// all.
	AuditIDs int
	// Workers decode and match; 0 means one for each core.
	Workers int
	// Key is the secret under which redacted values are told apart; nil means
	// a new one for this run.
	Key []byte
	// Progress is called a few times a second while reading; nil for never.
	Progress func(Progress)
}

// Progress says how far a scan has come.
type Progress struct {
	Baseline    bool  // still learning
	Read, Total int64 // bytes of the files as they stand; Total 0 when unknown
	Events      int64
}
