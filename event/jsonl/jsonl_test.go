package jsonl

import (
	"encoding/json"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestAppend(t *testing.T) {
	tests := []struct {
		name string
		fill func(*event.Event)
		want string
	}{
		{"nothing", func(e *event.Event) { e.Reset(event.ClassFile) }, `{"class":"file"}`},
		{"one of each type", func(e *event.Event) {
			e.Reset(event.ClassProcess)
			event.Time.Set(e, 1_500_000_000_000_000_001)
			event.SrcEndpointIP.Set(e, "10.0.0.1")
			event.ProcessCmdLine.Set(e, "a \"b\"\n\xff\x1b")
			event.ProcessPID.Set(e, -1)
			event.ProcessFileUnlinked.Set(e, true)
			event.ProcessAncestryPath.Set(e, []string{"/a", ""})
		}, `{"class":"process","time":"2017-07-14T02:40:00.000000001Z","src_endpoint.ip":"10.0.0.1",` +
			`"process.cmd_line":"a \"b\"\n` + "\ufffd" + `\u001b","process.pid":-1,"process.file.unlinked":true,"process.ancestry.path":["/a",""]}`},
		{"empty is not absent", func(e *event.Event) {
			e.Reset(event.ClassProcess)
			event.ProcessCmdLine.Set(e, "")
			event.ProcessUserUID.Set(e, 0)
			event.ProcessCapabilitiesEffective.Set(e, nil)
		}, `{"class":"process","process.cmd_line":"","process.user.uid":0,"process.capabilities.effective":[]}`},
	}
	enc := NewEncoder()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e event.Event
			tt.fill(&e)
			if got := string(enc.Append(nil, &e)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func FuzzAppend(f *testing.F) {
	f.Add(uint8(event.ClassProcess), "a\x00\"\\\u2028\xff", int64(-1))
	f.Fuzz(func(t *testing.T, class uint8, text string, n int64) {
		var e event.Event
		e.Reset(event.Class(class))
		event.ProcessCmdLine.Set(&e, text)
		event.Time.Set(&e, n)
		event.ProcessAncestryPath.Set(&e, []string{text, text})
		line := NewEncoder().Append(nil, &e)
		if event.Class(class).String() == "" {
			return
		}
		for _, c := range line {
			if c == '\n' {
				t.Fatalf("more than a line: %q", line)
			}
		}
		if !json.Valid(line) {
			t.Errorf("no JSON: %s", line)
		}
	})
}
