package tetragon

import (
	"errors"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign/protobuf"
	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/internal/foreigntest"
	"github.com/lynceus-io/lynceus/internal/relaytest"
)

var at = time.Date(2026, 1, 1, 10, 0, 5, 123456789, time.UTC)

// exec is a GetEventsResponse of a shell that was started in a pod.
func exec() []byte {
	pod := relaytest.Message(10, relaytest.Text(1, "shop"), relaytest.Text(2, "web-1"),
		relaytest.Message(4, relaytest.Text(1, "containerd://7f0c"), relaytest.Text(2, "web"), relaytest.Message(5, relaytest.Number(1, 7))),
		relaytest.Message(5, relaytest.Text(1, "app"), relaytest.Text(2, "web")), relaytest.Text(6, "web"), relaytest.Text(7, "Deployment"))
	process := relaytest.Message(1, relaytest.Text(1, "id"), relaytest.Message(2, relaytest.Number(1, 4711)), relaytest.Message(3), relaytest.Text(5, "/bin/sh"),
		relaytest.Text(6, "-c id"), relaytest.Time(8, at), pod, relaytest.Message(14, relaytest.Message(2, []byte{21, 12})),
		relaytest.Message(21, relaytest.Text(1, "PASSWORD"), relaytest.Text(2, "hunter2")))
	return relaytest.Fields(relaytest.Message(1, process), relaytest.Text(1000, "node-1"), relaytest.Time(1001, at))
}

// kprobe is one of a file that was opened, and of the program that was killed for it.
func kprobe() []byte {
	process := relaytest.Message(1, relaytest.Text(1, "id"), relaytest.Text(5, "/bin/cat"))
	return relaytest.Fields(relaytest.Message(9, process, relaytest.Text(3, "security_file_permission"), relaytest.Message(4, relaytest.Message(7, relaytest.Text(2, "/etc/shadow"))),
		relaytest.Message(4, relaytest.Number(2, 4)), relaytest.Number(6, 3), relaytest.Text(8, "files")), relaytest.Text(1000, "node-1"), relaytest.Time(1001, at))
}

func TestAppendJSON(t *testing.T) {
	for _, test := range []struct {
		name  string
		in    []byte
		want  string
		lines []string
	}{
		{"exec", exec(), `{"process_exec":{"process":{"exec_id":"id","pid":4711,"uid":0,"binary":"/bin/sh","arguments":"-c id","start_time":"2026-01-01T10:00:05.123456789Z","pod":{"namespace":"shop","name":"web-1","container":{"id":"containerd://7f0c","name":"web","pid":7},"pod_labels":{"app":"web"},"workload":"web","workload_kind":"Deployment"},"cap":{"effective":["CAP_SYS_ADMIN","CAP_NET_ADMIN"]}}},"node_name":"node-1","time":"2026-01-01T10:00:05.123456789Z"}`,
			[]string{"process"}},
		{"kprobe", kprobe(), `{"process_kprobe":{"process":{"exec_id":"id","binary":"/bin/cat"},"function_name":"security_file_permission","args":[{"file_arg":{"path":"/etc/shadow"}},{"int_arg":4}],"action":"KPROBE_ACTION_SIGKILL","policy_name":"files"},"node_name":"node-1","time":"2026-01-01T10:00:05.123456789Z"}`,
			[]string{"file", "alert"}},
		{"what was left out", relaytest.Fields(relaytest.Message(40001, relaytest.Number(1, 12)), relaytest.Text(1000, "node-1"), relaytest.Time(1001, at)),
			`{"rate_limit_info":{"number_of_dropped_process_events":"12"},"node_name":"node-1","time":"2026-01-01T10:00:05.123456789Z"}`, []string{"health"}},
	} {
		got, err := AppendJSON(nil, test.in)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", test.name, err, got, test.want)
		}
		rows, _ := foreigntest.Read(t, string(got), Format)
		if len(rows) != len(test.lines) {
			t.Errorf("%s: %+v", test.name, rows)
			continue
		}
		for i, table := range test.lines {
			if begin := `{"class":"` + table + `"`; rows[i].Line[:len(begin)] != begin {
				t.Errorf("%s: %s", test.name, rows[i].Line)
			}
		}
	}
	if out, err := AppendJSON(nil, []byte("{")); !errors.Is(err, ErrProtobuf) {
		t.Errorf("%s, %v", out, err)
	}
}

func FuzzAppendJSON(f *testing.F) {
	f.Add(exec())
	f.Add(kprobe())
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := AppendJSON(nil, in)
		if err != nil {
			return
		}
		if fault := rawjson.Valid(out, 4*protobuf.MaxDepth); fault != nil {
			t.Errorf("%s: %v", out, fault)
		}
	})
}
