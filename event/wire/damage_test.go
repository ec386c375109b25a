package wire_test

import (
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// parts are what a hostile sender may write into a batch with a right checksum.
type parts struct {
	version, codec, count, size uint64
	source                      string
	body                        []byte
	extra                       []byte
}

func (p parts) build() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), p.version)
	b = protowire.AppendString(protowire.AppendTag(b, 2, protowire.BytesType), p.source)
	b = protowire.AppendFixed64(protowire.AppendTag(b, 3, protowire.Fixed64Type), 1)
	b = protowire.AppendVarint(protowire.AppendTag(b, 4, protowire.VarintType), p.codec)
	b = protowire.AppendVarint(protowire.AppendTag(b, 5, protowire.VarintType), p.count)
	b = protowire.AppendVarint(protowire.AppendTag(b, 6, protowire.VarintType), p.size)
	if p.body != nil {
		b = protowire.AppendBytes(protowire.AppendTag(b, 7, protowire.BytesType), p.body)
	}
	b = append(b, p.extra...)
	sum := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return protowire.AppendFixed32(protowire.AppendTag(b, 8, protowire.Fixed32Type), sum)
}

func TestBatchesOfOthers(t *testing.T) {
	var e event.Event
	e.Reset(event.ClassAudit)
	one := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), wire.AppendEvent(nil, &e))
	broken := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), []byte{0xff})
	newer := protowire.AppendString(protowire.AppendTag(nil, 9, protowire.BytesType), "new")
	n := uint64(len(one))
	f := func(p parts, want string) {
		t.Helper()
		var d wire.Decoder
		_, err := d.Open(p.build())
		if err == nil {
			for range int(p.count) {
				if err = d.Next(&e); err != nil {
					break
				}
			}
		}
		if want == "" && err != nil {
			t.Errorf("%v", err)
		}
		var format *wire.FormatError
		if want != "" && (!errors.As(err, &format) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want an error about %q", err, want)
		}
	}
	f(parts{version: 1, codec: 0, count: 1, size: n, body: one}, "")
	f(parts{version: 1, codec: 1, count: 1, size: n, body: s2.Encode(nil, one)}, "")
	f(parts{version: 1, codec: 0, count: 1, size: n, body: one, extra: newer}, "")
	f(parts{version: 1, codec: 0, count: 1, size: n + uint64(len(newer)), body: append(newer, one...)}, "")
	f(parts{version: 0, codec: 0, count: 1, size: n, body: one}, "version 0")
	f(parts{version: 3, codec: 0, count: 1, size: n, body: one}, "version 3")
	f(parts{version: 2, codec: 0, count: 1, size: n, body: one}, "a stamp, which the hub alone may give")
	f(parts{version: 1, codec: 2, count: 1, size: n, body: one}, "compression 2")
	f(parts{version: 1, codec: 0, count: 2, size: n, body: one}, "1 events, the header says 2")
	f(parts{version: 1, codec: 0, count: 0, size: n, body: one}, "1 events, the header says 0")
	f(parts{version: 1, codec: 0, count: 1, size: n + 1, body: one}, "not as long")
	f(parts{version: 1, codec: 1, count: 1, size: n, body: one}, "not as long")
	f(parts{version: 1, codec: 1, count: 1, size: 1 << 40, body: one}, "limit")
	f(parts{version: 1, codec: 1, count: 1 << 40, size: n, body: one}, "limit")
	f(parts{version: 1, codec: 1, count: 1, size: 5, body: []byte{5, 0xff}}, "decompressed")
	f(parts{version: 1, codec: 0, count: 1, size: n, source: strings.Repeat("s", 5000), body: one}, "source")
	f(parts{version: 1, codec: 0, count: 1, size: n}, "no events")
	f(parts{version: 1, codec: 0, count: 1, size: uint64(len(broken)), body: broken}, "event 1 of the batch, offset 2")
	f(parts{version: 1, codec: 0, count: 1, size: 2, body: []byte{8, 1}}, "0 events")
}
