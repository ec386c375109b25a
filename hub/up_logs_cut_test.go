//go:build cgo

package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is done to a node is found by its logs, and so is that somebody empties them afterwards; what was in them is kept.
func TestUpLogsJudged(t *testing.T) {
	if testing.Short() {
		t.Skip("waits a minute, as long as a rotation may take")
	}
	t.Parallel()
	dir := t.TempDir()
	auth := filepath.Join(dir, "auth.log")
	at := time.Now().Add(-10 * time.Minute).UTC()
	var text strings.Builder
	line := func(form string, args ...any) {
		at = at.Add(time.Second)
		fmt.Fprintf(&text, "%s node-7 %s\n", at.Format(time.RFC3339Nano), fmt.Sprintf(form, args...))
	}
	for i := range 12 {
		line("sshd[%d]: Failed password for root from 203.0.113.7 port %d ssh2", i, i+1)
	}
	line("sshd[12]: Accepted password for root from 203.0.113.7 port 99 ssh2")
	line("useradd[13]: new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/1")
	if err := os.WriteFile(auth, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	u := startUp(t, UpOptions{Dir: t.TempDir(), Cluster: "prod", Log: logs(t), Logs: []string{filepath.Join(dir, "*.log*")}, LogNode: "node-1", Rules: builtinRules(t)})
	found := func(want string) {
		t.Helper()
		got := ""
		defer func() {
			if t.Failed() {
				t.Logf("found %q, want %q", got, want)
			}
		}()
		until(t, 4*time.Minute, "that is not found", func() bool {
			got = number(t, u.store, `finding | where finding_info.types !has "health" | summarize by x = strcat(finding_info.title, " ", severity) | order by x asc | summarize strcat_array(make_list(x), "; ")`)
			return got == want
		})
	}
	const signs = "Account made or raised on a node high; %sMany failed SSH sign-ins to a node from one address low; Password of a node guessed high; Root signed in to a node with a password high"
	found(fmt.Sprintf(signs, ""))
	if err := os.Truncate(auth, 0); err != nil {
		t.Fatal(err)
	}
	found(fmt.Sprintf(signs, "Log of a node emptied or edited high; "))
	if n := number(t, u.store, `log | where log.name == "sshd" | count`); n != "13" {
		t.Errorf("%s lines of sshd are kept", n)
	}
}
