package wire_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/internal/require"
)

var (
	protoField = regexp.MustCompile(`(?m)^  (optional|repeated) (\w+) (\w+) = (\d+)( \[packed = true\])?;`)
	protoTypes = map[string]descriptorpb.FieldDescriptorProto_Type{
		"string": descriptorpb.FieldDescriptorProto_TYPE_STRING, "bytes": descriptorpb.FieldDescriptorProto_TYPE_BYTES,
		"int64": descriptorpb.FieldDescriptorProto_TYPE_INT64, "bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL,
		"sfixed64": descriptorpb.FieldDescriptorProto_TYPE_SFIXED64, "uint32": descriptorpb.FieldDescriptorProto_TYPE_UINT32,
		"uint64": descriptorpb.FieldDescriptorProto_TYPE_UINT64, "fixed32": descriptorpb.FieldDescriptorProto_TYPE_FIXED32,
		"Class": descriptorpb.FieldDescriptorProto_TYPE_INT32, // an enumeration is a number on the wire
	}
)

// published reads a message of docs/event.proto.
func published(t *testing.T, message string) protoreflect.MessageDescriptor {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "event.proto"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)message ` + message + ` \{.*?\n\}`).FindString(string(text))
	m := &descriptorpb.DescriptorProto{Name: proto.String(message)}
	for _, f := range protoField.FindAllStringSubmatch(block, -1) {
		number, _ := strconv.Atoi(f[4])
		label := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
		if f[1] == "repeated" {
			label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
		}
		kind, ok := protoTypes[f[2]]
		if !ok {
			t.Fatalf("field %s has type %s", f[3], f[2])
		}
		m.Field = append(m.Field, &descriptorpb.FieldDescriptorProto{
			Name: proto.String(f[3]), Number: proto.Int32(int32(number)), Label: label.Enum(), Type: kind.Enum(),
			Options: &descriptorpb.FieldOptions{Packed: proto.Bool(f[5] != "")},
		})
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("event.proto"), Package: proto.String("lynceus.v1"), Syntax: proto.String("proto2"),
		MessageType: []*descriptorpb.DescriptorProto{m},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Messages().Get(0)
}

// TestProtobufAgrees reads what we write, and writes what we read, with
// Google's library and the published schema.
func TestProtobufAgrees(t *testing.T) {
	schema := published(t, "Event")
	r := rand.New(rand.NewPCG(7, 8))
	var in, out event.Event
	for range 300 {
		random(r, &in)
		m := dynamicpb.NewMessage(schema)
		if err := proto.Unmarshal(wire.AppendEvent(nil, &in), m); err != nil {
			t.Fatal(err)
		}
		if len(m.GetUnknown()) > 0 {
			t.Fatalf("the schema lacks fields: %x", m.GetUnknown())
		}
		compare(t, m, &in)
		theirs, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.DecodeEvent(theirs, &out); err != nil {
			t.Fatal(err)
		}
		same(t, &out, &in)
	}
}

// compare holds a message to the event it was made from.
func compare(t *testing.T, m *dynamicpb.Message, e *event.Event) {
	t.Helper()
	var got, want []string
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		id := event.FieldID(f.Number())
		switch {
		case id == wire.NumberClass:
			got = append(got, "class "+event.Class(v.Int()).String())
		case id == wire.NumberDocument:
		case id == wire.NumberEmptyLists:
			for i := range v.List().Len() {
				got = append(got, fmt.Sprintf("%d []", v.List().Get(i).Uint()))
			}
		case f.IsList():
			var words []string
			for i := range v.List().Len() {
				words = append(words, v.List().Get(i).String())
			}
			got = append(got, fmt.Sprintf("%d %q", id, words))
		case f.Kind() == protoreflect.BoolKind:
			n := 0
			if v.Bool() {
				n = 1
			}
			got = append(got, fmt.Sprintf("%d %d", id, n))
		case f.Kind() == protoreflect.StringKind:
			got = append(got, fmt.Sprintf("%d %q", id, v.String()))
		default:
			got = append(got, fmt.Sprintf("%d %d", id, v.Int()))
		}
		return true
	})
	want = append(want, "class "+e.Class.String())
	for id, ok := e.Next(0); ok; id, ok = e.Next(id) {
		if v, ok := e.Text(id); ok {
			want = append(want, fmt.Sprintf("%d %q", id, v))
		} else if v, ok := e.List(id); ok {
			want = append(want, fmt.Sprintf("%d %q", id, v))
		} else {
			v, _ := e.Number(id)
			want = append(want, fmt.Sprintf("%d %d", id, v))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("protobuf reads\n%q\nfrom\n%q", got, want)
	}
}

func TestProtobufReadsBatches(t *testing.T) {
	events := auditEvents(t, 3)
	m := dynamicpb.NewMessage(published(t, "Batch"))
	if err := proto.Unmarshal(batch(t, events), m); err != nil {
		t.Fatal(err)
	}
	if len(m.GetUnknown()) > 0 {
		t.Fatalf("the schema lacks fields: %x", m.GetUnknown())
	}
	fields := m.Descriptor().Fields()
	if got := m.Get(fields.ByName("source")).String(); got != "audit.log" {
		t.Errorf("source %q", got)
	}
	if got := m.Get(fields.ByName("count")).Uint(); got != 3 {
		t.Errorf("count %d", got)
	}
}
