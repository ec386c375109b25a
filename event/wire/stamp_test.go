package wire_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

var someStamp = wire.Stamp{Cluster: "prod", ClusterUID: "uid-1", Node: "n1", Source: "sensor", Received: 77, Mark: "0123456789ab"}

// What a stamp says stands in each event, in place of what the event says, and all else as it was.
func TestStamp(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	in := make([]event.Event, 40)
	for i := range in {
		random(r, &in[i])
	}
	for _, s := range []wire.Stamp{someStamp, {}, {Cluster: "c", Received: -1}} {
		for _, reuse := range []bool{false, true} {
			d := wire.Decoder{Stamped: true, Reuse: reuse}
			h, err := d.Open(wire.AppendStamped([]byte("before"), &s, batch(t, in))[len("before"):])
			if err != nil || h.Events != len(in) {
				t.Fatalf("%+v, %v", h, err)
			}
			var e event.Event
			for i := range in {
				if err := d.Next(&e); err != nil {
					t.Fatal(err)
				}
				want := in[i]
				s.Apply(&want)
				same(t, &e, &want)
				for got, want := range map[string]string{event.K8sCluster.Get(&e): s.Cluster, event.K8sNode.Get(&e): s.Node, event.MetadataUID.Get(&e)[:len(s.Mark)]: s.Mark} {
					if got != want {
						t.Errorf("%q, want %q", got, want)
					}
				}
			}
			if err := d.Next(&e); err != io.EOF {
				t.Errorf("%v after the last event", err)
			}
			// The next batch has none of it.
			if _, err := d.Open(batch(t, in[:1])); err != nil || d.Next(&e) != nil {
				t.Fatal(err)
			}
			same(t, &e, &in[0])
		}
	}
}

// A mark never lets two identities become the same, whatever they are.
func TestMarked(t *testing.T) {
	other := wire.Stamp{Mark: "ba9876543210"}
	uid := strings.Repeat("0f", 16)
	seen := map[string]string{}
	for _, text := range []string{uid, uid[:31] + "e", "", "a", uid[1:], uid + "0", "A" + uid[1:], "ü" + uid[2:]} {
		got := someStamp.Marked(text)
		if len(got) != 32 || got[:12] != someStamp.Mark || got != someStamp.Marked(text) || got == other.Marked(text) || strings.Trim(got, "0123456789abcdef") != "" {
			t.Errorf("%q becomes %q", text, got)
		}
		if was, ok := seen[got]; ok {
			t.Errorf("%q and %q become the same", was, text)
		}
		seen[got] = text
	}
}

// Nobody but the hub gives stamps, and one that is damaged yields no event.
func TestStampsOfOthers(t *testing.T) {
	var e event.Event
	e.Reset(event.ClassProcess)
	good := batch(t, []event.Event{e})
	stamped := wire.AppendStamped(nil, &someStamp, good)
	f := func(what string, d wire.Decoder, data []byte, want string) {
		t.Helper()
		_, err := d.Open(data)
		var format *wire.FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error about %q", what, err, want)
		}
		if err := d.Next(&e); err != io.EOF {
			t.Errorf("%s: %v of the batch", what, err)
		}
	}
	hub := wire.Decoder{Stamped: true}
	stamp := func(b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, 9, protowire.BytesType), b)
	}
	f("a peer's", wire.Decoder{}, stamped, "the hub alone")
	f("twice", hub, wire.AppendStamped(nil, &someStamp, stamped), "stamped twice")
	f("none", hub, parts{version: 2, body: good}.build(), "no stamp")
	f("cut off", hub, stamped[:len(stamped)-9], "checksum")
	f("no batch in it", hub, wire.AppendStamped(nil, &someStamp, nil), "no checksum")
	f("half a batch in it", hub, wire.AppendStamped(nil, &someStamp, good[:len(good)/2]), "checksum")
	f("another type", hub, parts{version: 2, body: good, extra: stamp([]byte{5 << 3, 1})}.build(), "wire type 0")
	f("a long mark", hub, parts{version: 2, body: good, extra: stamp(protowire.AppendString(protowire.AppendTag(nil, 6, protowire.BytesType), strings.Repeat("a", 33)))}.build(), "mark")
	f("half a stamp", hub, parts{version: 2, body: good, extra: stamp([]byte{1<<3 | 2, 9, 'a'})}.build(), "announced")
	for i := range stamped {
		damaged := append([]byte{}, stamped...)
		damaged[i] ^= 0x40
		d := wire.Decoder{Stamped: true}
		if _, err := d.Open(damaged); err == nil {
			t.Errorf("byte %d was changed, and the batch is read", i)
		}
	}
}

// The published schema says what stands in a stamp.
func TestStampSchema(t *testing.T) {
	m := dynamicpb.NewMessage(published(t, "Batch"))
	var e event.Event
	e.Reset(event.ClassProcess)
	if err := proto.Unmarshal(wire.AppendStamped(nil, &someStamp, batch(t, []event.Event{e})), m); err != nil || len(m.GetUnknown()) > 0 {
		t.Fatalf("%v, unknown %x", err, m.GetUnknown())
	}
	schema := published(t, "Stamp")
	s := dynamicpb.NewMessage(schema)
	if err := proto.Unmarshal(m.Get(m.Descriptor().Fields().ByName("stamp")).Bytes(), s); err != nil || len(s.GetUnknown()) > 0 {
		t.Fatalf("%v, unknown %x", err, s.GetUnknown())
	}
	get := func(name string) string {
		return s.Get(schema.Fields().ByName(protoreflect.Name(name))).String()
	}
	if get("cluster") != "prod" || get("cluster_uid") != "uid-1" || get("node") != "n1" || get("source") != "sensor" || get("received") != "77" || get("mark") != "0123456789ab" {
		t.Errorf("%v", s)
	}
}
