package hub

import (
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/journaltest"
)

// A file of the journal goes in, and findings come out: told by its content, whatever it is called.
func TestScanJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evidence")
	w := journaltest.New(t, path, journaltest.Options{Compact: true, Pack: "zstd"})
	w.Append(1767261605000000, journaltest.Fields("ordinary")...)
	w.Append(1767261606000000, "_HOSTNAME=node-1", "SYSLOG_IDENTIFIER=useradd", "_COMM=useradd", "MESSAGE=new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/1")
	r, err := Scan(t.Context(), ScanOptions{Files: []string{path}, Rules: builtinRules(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Rule.Title != "Account made or raised on a node" || len(r.Incidents) != 1 {
		t.Errorf("%d findings, %d incidents: %+v", len(r.Findings), len(r.Incidents), r.Findings)
	}
	for _, s := range r.Coverage.Sources {
		if s.Events != 2 || len(s.Problems) > 0 {
			t.Errorf("%+v", s)
		}
	}
}
