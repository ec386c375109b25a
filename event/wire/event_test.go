package wire_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

func TestEventsSurvive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var in, out event.Event
	for range 3000 {
		random(r, &in)
		data := wire.AppendEvent(nil, &in)
		if err := wire.DecodeEvent(data, &out); err != nil {
			t.Fatal(err)
		}
		same(t, &out, &in)
	}
	for i, e := range auditEvents(t, 500) {
		if err := wire.DecodeEvent(wire.AppendEvent(nil, &e), &out); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
		same(t, &out, &e)
	}
}

func TestPresence(t *testing.T) {
	f := func(set func(e *event.Event), want int) {
		t.Helper()
		var in, out event.Event
		in.Reset(event.ClassProcess)
		set(&in)
		out.Reset(event.ClassAudit) // what a decoder reuses
		event.Status.Set(&out, "left over")
		if err := wire.DecodeEvent(wire.AppendEvent(nil, &in), &out); err != nil {
			t.Fatal(err)
		}
		same(t, &out, &in)
		n := 0
		for id, ok := out.Next(0); ok; id, ok = out.Next(id) {
			n++
		}
		if n != want {
			t.Errorf("%d fields are present, want %d", n, want)
		}
	}
	f(func(*event.Event) {}, 0)
	f(func(e *event.Event) { event.Status.Set(e, "") }, 1)
	f(func(e *event.Event) { event.ProcessUserUID.Set(e, 0) }, 1)
	f(func(e *event.Event) { event.ActorUserGroups.Set(e, nil) }, 1)
	f(func(e *event.Event) { event.ActorUserGroups.Set(e, []string{""}) }, 1)
	f(func(e *event.Event) { event.ConnectionInfoInitiated.Set(e, false) }, 1)
	f(func(e *event.Event) { e.Raw = []byte("{}") }, 0)
	f(func(e *event.Event) { event.RawData.Set(e, "{}") }, 1)
	f(func(e *event.Event) { event.RawData.Set(e, "{}"); e.Raw = []byte("{}") }, 1)
	f(func(e *event.Event) { event.RawData.Set(e, ""); e.Raw = []byte("{}") }, 1)
	f(func(e *event.Event) { event.RawData.Set(e, "{}"); e.Raw = []byte("[]") }, 1)
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	var in, out event.Event
	in.Reset(event.ClassAudit)
	event.ActorUserGroups.Set(&in, []string{"a", "b"})
	data := wire.AppendEvent(nil, &in)
	for _, number := range []protowire.Number{60, 1999, 2048, 1 << 28} {
		data = protowire.AppendVarint(protowire.AppendTag(data, number, protowire.VarintType), 1<<63)
		data = protowire.AppendFixed32(protowire.AppendTag(data, number, protowire.Fixed32Type), 1)
		data = protowire.AppendFixed64(protowire.AppendTag(data, number, protowire.Fixed64Type), 1)
		data = protowire.AppendString(protowire.AppendTag(data, number, protowire.BytesType), "new")
	}
	if err := wire.DecodeEvent(data, &out); err != nil {
		t.Fatal(err)
	}
	same(t, &out, &in)
}

func TestBrokenEvents(t *testing.T) {
	class := protowire.AppendVarint(protowire.AppendTag(nil, 2047, protowire.VarintType), uint64(event.ClassAudit))
	f := func(data []byte, want string) {
		t.Helper()
		var e event.Event
		err := wire.DecodeEvent(data, &e)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("DecodeEvent(%x): %v, want an error about %q", data, err, want)
		}
	}
	text := func(id event.FieldID, v string) []byte {
		return protowire.AppendString(protowire.AppendTag(nil, protowire.Number(id), protowire.BytesType), v)
	}
	f(nil, "no class")
	f(text(event.Status.ID(), "x"), "no class")
	f(class[:2], "cut off")
	f(append(class, 0), "no field number")
	f(append(class, text(event.Status.ID(), "long")[:4]...), "announced")
	f(append(class, text(event.Time.ID(), "x")...), "wire type 2")
	f(append(class, 0x0f), "wire type 7")
	f(append(append(append(class, text(16, "a")...), text(85, "b")...), text(16, "c")...), "not together")
	f(append(class, append(text(16, "a"), text(2045, "\x10")...)...), "no empty list")
	f(append(class, text(2045, "\x01")...), "no empty list")
	f(protowire.AppendVarint(protowire.AppendTag(nil, 2047, protowire.VarintType), 99), "class 99")
	f(append(class, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), "64 bits")
}

// Numbers of classes are on disk and in other people's programs.
func TestClassNumbersStay(t *testing.T) {
	want := []string{"process", "file", "network", "dns", "audit", "kernel", "module", "memory", "finding", "incident", "inventory", "k8s_event", "health", "selfaudit", "alert", "log", "span"}
	for i, name := range want {
		if got := event.Class(i + 1).String(); got != name {
			t.Errorf("class %d is %s, was %s", i+1, got, name)
		}
	}
}
