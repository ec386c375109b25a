package textlog

import (
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/internal/foreigntest"
)

// format reads times without a year at the first second of 2026, an hour ahead of UTC.
func format() foreign.Format {
	return NewFormat(Options{Node: "node-1", Zone: time.FixedZone("", 3600), Now: func() time.Time { return foreigntest.Received }})
}

// Each line of a log becomes a row with what is known of it.
func TestRead(t *testing.T) {
	const (
		pod   = "/var/log/pods/shop_web-1_u-1/web/0.log"
		link  = "/var/log/containers/web-1_shop_web-7f0c4a2e9b11.log"
		plain = "/var/log/kubelet.log"
	)
	for name, test := range map[string]struct{ path, line, want string }{
		"a container's": {pod, `2026-01-01T10:00:05.123456789Z stderr F login failed for mira`,
			`"time":"2026-01-01T10:00:05.123456789Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.pod_uid":"u-1","k8s.node":"node-1","container.name":"web","message":"login failed for mira","log.name":"web"`},
		"by its link": {link, `2026-01-01T10:00:05Z stdout P {"level":"warn","msg":"part`,
			`"time":"2026-01-01T10:00:05Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.node":"node-1","container.uid":"7f0c4a2e9b11","container.name":"web","message":"{\"level\":\"warn\",\"msg\":\"part","log.name":"web"`},
		"its severity": {pod, `2026-01-01T10:00:05Z stdout F {"level":"warn","msg":"low","ts":1767261605}`,
			`"time":"2026-01-01T10:00:05Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.pod_uid":"u-1","k8s.node":"node-1","container.name":"web","message":"{\"level\":\"warn\",\"msg\":\"low\",\"ts\":1767261605}","log.severity":"warn","log.name":"web"`},
		"nothing": {pod, `2026-01-01T10:00:05Z stdout F`,
			`"time":"2026-01-01T10:00:05Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.pod_uid":"u-1","k8s.node":"node-1","container.name":"web","log.name":"web"`},
		"of another node": {pod, `2026-01-01T10:00:05Z stdout F Jan  1 10:00:05 forged sshd[1]: hello`,
			`"time":"2026-01-01T10:00:05Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.pod_uid":"u-1","k8s.node":"node-1","container.name":"web","message":"Jan  1 10:00:05 forged sshd[1]: hello","log.name":"web"`},
		"Docker's": {link, `{"log":"hello\n","stream":"stdout","time":"2026-01-01T10:00:05.5Z"}`,
			`"time":"2026-01-01T10:00:05.5Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.node":"node-1","container.uid":"7f0c4a2e9b11","container.name":"web","message":"hello","log.name":"web"`},
		"klog": {plain, `E0101 10:00:05.123456    1234 pod_workers.go:1301] "Error syncing pod" pod="shop/web-1"`,
			`"time":"2026-01-01T09:00:05.123456Z","k8s.node":"node-1","message":"\"Error syncing pod\" pod=\"shop/web-1\"","log.severity":"ERROR","log.name":"kubelet"`},
		"of last year": {plain, `I1231 23:00:00.000000 1 a.go:1] old`,
			`"time":"2025-12-31T22:00:00Z","k8s.node":"node-1","message":"old","log.severity":"INFO","log.name":"kubelet"`},
		"logfmt": {"/var/log/containerd.log", `time="2026-01-01T10:00:05.5Z" level=info msg="StopContainer for \"7f0c\"" n=1`,
			`"time":"2026-01-01T10:00:05.5Z","k8s.node":"node-1","message":"StopContainer for \"7f0c\"","log.severity":"info","log.name":"containerd"`},
		"a component's JSON": {"/var/log/kube-apiserver.log", `{"ts":1767261605123.4,"logger":"auth","level":"error","msg":"Unable to authenticate the request"}`,
			`"time":"2026-01-01T10:00:05.123Z","k8s.node":"node-1","message":"Unable to authenticate the request","log.severity":"error","log.name":"auth"`},
		"syslog": {"/var/log/auth.log.1", `Jan  1 10:00:05 node-7 sshd[812]: Failed password for root from 203.0.113.7 port 1 ssh2`,
			`"time":"2026-01-01T09:00:05Z","k8s.node":"node-7","actor.user.name":"root","src_endpoint.ip":"203.0.113.7","message":"Failed password for root from 203.0.113.7 port 1 ssh2","log.name":"sshd"`},
		"syslog with a zone": {"/var/log/kern.log", `2026-01-01T10:00:05.123456+01:00 node-7 kernel: Out of memory: Killed process 4711 (java)`,
			`"time":"2026-01-01T09:00:05.123456Z","k8s.node":"node-7","message":"Out of memory: Killed process 4711 (java)","log.name":"kernel"`},
		"any other": {"/srv/app.log", `something happened`,
			`"time":"2026-01-02T03:04:05Z","k8s.node":"node-1","message":"something happened","log.name":"app"`},
	} {
		doc := string(Wrap(nil, test.path, 7, []byte(test.line)))
		rows, rejected := foreigntest.Read(t, doc, format())
		if len(rows) != 1 || rejected != 0 {
			t.Errorf("%s: %d rows, %d rejected", name, len(rows), rejected)
			continue
		}
		if want := `{"class":"log",` + test.want + `}`; rows[0].Line != want || rows[0].Raw != doc || rows[0].Provider != "text" {
			t.Errorf("%s: got\n%s\nwant\n%s\nraw %s", name, rows[0].Line, want, rows[0].Raw)
		}
	}
}

// The same line at two places is two events; secrets are replaced.
func TestReadOthers(t *testing.T) {
	line := []byte("login with --password=hunter2hunter2 and Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345")
	text := string(Wrap(nil, "a.log", 0, line)) + "\n" + string(Wrap(nil, "a.log", 100, line)) + "\n" + string(Wrap(nil, "a.log", 0, line))
	rows, _ := foreigntest.Read(t, text, format())
	if len(rows) != 3 || rows[0].UID == rows[1].UID || rows[0].UID != rows[2].UID {
		t.Errorf("%+v", rows)
	}
	for _, r := range rows {
		if strings.Contains(r.Line+r.Raw, "hunter2") || strings.Contains(r.Line+r.Raw, "uvwxyz") {
			t.Errorf("a secret is kept: %s", r.Raw)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("/var/log/pods/shop_web-1_u-1/web/0.log", "2026-01-01T10:00:05Z stdout F hello")
	f.Add("kubelet.log", "E0101 10:00:05.123456    1234 a.go:1] message")
	f.Add("a.log", `time="2026-01-01T10:00:05.5Z" level=info msg="x"`)
	f.Add("a.log", `{"ts":1e300,"msg":"x","level":"\n"}`)
	f.Fuzz(func(t *testing.T, path, line string) {
		rows, _ := foreigntest.Read(t, string(Wrap(nil, path, 1, []byte(line))), format())
		if len(rows) != 1 {
			t.Errorf("%q in %q becomes %d rows", line, path, len(rows))
		}
	})
}
