//go:build cgo

package hub

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/internal/journaltest"
)

// Logs of text in a directory and entries of the journal, by a pipe, by standard input and of its own files, become rows of the table log with
// whose they are, each once, also after a restart; they are no audit events, and what is no text is passed over.
func TestUpLogs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pod := filepath.Join(dir, "pods", "shop_web-1_u-1", "web", "0.log")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(pod, "2026-01-01T10:00:05Z stderr F login failed\n2026-01-01T10:00:05Z stderr F login failed\n")
	write(filepath.Join(dir, "auth.log"), "2026-01-01T10:00:06Z node-7 sshd[812]: Failed password for root from 203.0.113.7 port 1 ssh2\n")
	write(filepath.Join(dir, "system.journal"), "LPKSHHRH\x00\x00\x00\x00\nno text\n")
	fifo := filepath.Join(t.TempDir(), "journal")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	files := t.TempDir()
	own := journaltest.New(t, filepath.Join(files, "system.journal"), journaltest.Options{})
	logged := func() { // as node-1's kubelet
		own.Append(uint64(time.Now().UnixMicro()), journaltest.Fields("entry")...)
	}
	logged()
	in, out := io.Pipe()
	defer out.Close()
	o := UpOptions{Dir: t.TempDir(), Cluster: "prod", Log: logs(t), Logs: []string{dir}, LogNode: "node-1", Journals: []journal.Options{{Path: "-", Stdin: in}, {Path: fifo}, {Path: files}}}
	u := startUp(t, o)
	entry := func(i int) string {
		return fmt.Sprintf(`{"__CURSOR":"c%d","__REALTIME_TIMESTAMP":"1767261605123456","_HOSTNAME":"node-2","_SYSTEMD_UNIT":"kubelet.service","MESSAGE":"entry %d"}`+"\n", i, i)
	}
	has := func(want string) {
		t.Helper()
		kql := `log | summarize count() by k8s.cluster, metadata.log_provider, k8s.node, k8s.pod, log.name | order by log.name asc, k8s.node asc | project x = strcat(k8s.cluster, " ", metadata.log_provider, " ", k8s.node, " ", k8s.pod, " ", log.name, " ", count_) | summarize strcat_array(make_list(x), "; ")`
		got := ""
		until(t, time.Minute, "the rows are stored", func() bool {
			if log := number(t, u.store, "log | count"); log == "0" {
				return false
			}
			got = number(t, u.store, kql)
			return got == want
		})
	}
	defer func() {
		if t.Failed() {
			t.Log(number(t, u.store, `log | project x = strcat(k8s.node, " ", message) | summarize strcat_array(make_list(x), "; ")`))
		}
	}()
	if _, err := io.WriteString(out, entry(1)+entry(2)); err != nil {
		t.Fatal(err)
	}
	write(fifo, "__CURSOR=e1\n__REALTIME_TIMESTAMP=1767261605123456\n_HOSTNAME=node-3\n_SYSTEMD_UNIT=kubelet.service\nMESSAGE=exported\n\n")
	has("prod journald node-1  kubelet.service 1; prod journald node-2  kubelet.service 2; prod journald node-3  kubelet.service 1; prod text node-7  sshd 1; prod text node-1 web-1 web 2")
	if n := number(t, u.store, "audit | count"); n != "0" {
		t.Errorf("%s audit events", n)
	}
	stopUp(t, u)
	in, out2 := io.Pipe()
	defer out2.Close()
	o.Journals[0].Stdin = in
	logged()
	u = startUp(t, o)
	write(pod, "2026-01-01T10:00:07Z stderr F login failed\n")
	if _, err := io.WriteString(out2, entry(2)+entry(3)); err != nil {
		t.Fatal(err)
	}
	has("prod journald node-1  kubelet.service 2; prod journald node-2  kubelet.service 3; prod journald node-3  kubelet.service 1; prod text node-7  sshd 1; prod text node-1 web-1 web 3")
}
