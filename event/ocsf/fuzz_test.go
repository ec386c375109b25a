package ocsf_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
)

// replaced returns text with U+FFFD for each byte that is not UTF-8.
func replaced(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteRune(r)
	}
	return b.String()
}

// FuzzAppend gives the fields of an event arbitrary values. The document must
// be JSON in UTF-8 without control characters, and hold the values.
func FuzzAppend(f *testing.F) {
	f.Add(uint8(event.ClassAudit), "create", `{"a": [1, "\u0000"]}`, int64(noon), int64(7))
	f.Add(uint8(event.ClassProcess), "Launch", "\x00\x1f\x7f\"\\\xff\u2028", int64(-1), int64(1<<40))
	f.Add(uint8(event.ClassDNS), "", "[\n\"\xf0\x9f \\\\\" ]", int64(0), int64(0))
	f.Add(uint8(event.ClassFile), "/a/\xff", "2001:db8::1", int64(1), int64(65536))
	enc := ocsf.NewEncoder("v1.2.3")
	f.Fuzz(func(t *testing.T, class uint8, word, text string, number int64, which int64) {
		var e event.Event
		e.Reset(event.Class(class))
		for i, field := range stored(e.Class) {
			if which>>(i%64)&1 == 0 {
				set(&e, field, text, number, []string{text, word})
			}
		}
		event.K8sPod.Set(&e, text)
		event.Activity.Set(&e, word)
		event.AuditSourceIPs.Set(&e, []string{word, text})
		raw := enc.Append(nil, &e)
		if !utf8.Valid(raw) || strings.ContainsFunc(string(raw), func(r rune) bool { return r < ' ' }) {
			t.Fatalf("%q: no clean text", raw)
		}
		doc := document(t, enc, &e)
		if got, err := lookUp(doc, "unmapped.k8s.pod"); got != replaced(text) {
			t.Errorf("text %q is %q, %v", text, got, err)
		}
		if e.Class != event.ClassAudit {
			return
		}
		if got, err := lookUp(doc, "unmapped.audit.source_ips"); !reflect.DeepEqual(got, []any{replaced(word), replaced(text)}) {
			t.Errorf("list of %q and %q is %q, %v", word, text, got, err)
		}
	})
}
