package lake

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// TestReader opens stores for reading, with and without somebody who writes.
func TestReader(t *testing.T) {
	dir, _ := three(t)
	f := func(what string, want string) {
		t.Helper()
		ro, r := open(t, Options{Dir: dir, ReadOnly: true})
		if got := strings.Join(uids(scan(t, ro, All(event.ClassAudit))), ""); got != want || r.Rows != int64(len(want)) {
			t.Errorf("%s: %q, want %q; %s", what, got, want, r)
		}
		if _, err := ro.Maintain(context.Background()); err == nil {
			t.Errorf("%s: a reader maintained the store", what)
		}
		if err := ro.Close(); err != nil {
			t.Error(err)
		}
	}
	f("nobody writes", "abc")
	w, _ := open(t, Options{Dir: dir})
	e := full(event.ClassAudit)
	event.MetadataUID.Set(e, "d")
	store(t, w, "p", 4, 4, e)
	f("somebody writes", "abcd")
	ro, _ := open(t, Options{Dir: dir, ReadOnly: true})
	event.MetadataUID.Set(e, "e")
	store(t, w, "p", 5, 5, e)
	if got := strings.Join(uids(scan(t, ro, All(event.ClassAudit))), ""); got != "abcde" {
		t.Errorf("a reader that was there before saw %q", got)
	}
	w.Close()
	f("nobody writes any more", "abcde")
}

// FuzzSegment reads arbitrary bytes as a segment: an error at worst.
func FuzzSegment(f *testing.F) {
	tab := newTable(event.ClassNetwork, []*event.Field{event.Lookup(event.MetadataUID.ID()), event.Lookup(event.Time.ID()), event.Lookup(event.ActorUserGroups.ID()), event.Lookup(event.SrcEndpointPort.ID())})
	var out bytes.Buffer
	w, s := newSegmentWriter(tab, false), newStage(tab)
	w.reset(&out)
	m, e := newMaker(5), &event.Event{}
	for range 20 {
		m.network(e)
		s.add(e, 0)
	}
	if err := s.writeTo(w); err != nil {
		f.Fatal(err)
	}
	if _, err := w.close(keyCommit, "1"); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := openParquet(bytes.NewReader(data), int64(len(data)), readBuffer)
		if err != nil {
			return
		}
		for _, g := range p.RowGroups() {
			for i, path := range p.Schema().Columns() {
				c, err := readColumn(g, i, len(path) > 1)
				if err != nil {
					continue
				}
				for row := range min(g.NumRows(), int64(len(c.values))) {
					_ = c.row(int32(row))
				}
				c.release()
			}
		}
	})
}

// FuzzFilters reads arbitrary bytes as a file of filters: an error at worst,
// and what is in it is asked.
func FuzzFilters(f *testing.F) {
	tab := newTable(event.ClassNetwork, event.Columns(event.ClassNetwork))
	w, s := newSegmentWriter(tab, true), newStage(tab)
	w.reset(&bytes.Buffer{})
	m, e := newMaker(5), &event.Event{}
	for range 20 {
		m.network(e)
		s.add(e, 0)
	}
	if err := s.writeTo(w); err != nil {
		f.Fatal(err)
	}
	filters, err := w.close(keyCommit, "1")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(filters), "svc-1")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if len(data) >= tailLen { // so that the directory is reached
			at := len(data) - 8
			sum := checksum(data[:at])
			copy(data[at:], []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)})
			copy(data[at+4:], "LYN1")
		}
		d, err := parseFilters(data)
		if err != nil {
			return
		}
		file := bytes.NewReader(data)
		for key, refs := range d.refs {
			for _, r := range refs {
				if key.kind == kindGrams {
					if _, err := r.mayContain(file, gramsOf([]byte(text))); err != nil {
						t.Error(err)
					}
					continue
				}
				if _, err := r.mayEqual(file, valueHash([]byte(text))); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// FuzzNames holds that the name of an appended segment gives back what it was
// made of.
func FuzzNames(f *testing.F) {
	f.Add("audit.0", uint64(1), uint64(2), 0)
	f.Add("a/b-c", uint64(1<<63), uint64(1<<63+1), 7)
	f.Add("", uint64(0), uint64(0), 1)
	f.Fuzz(func(t *testing.T, partition string, from, to uint64, n int) {
		if n < 0 {
			return
		}
		name := appendedName(event.ClassAudit, 492000, partition, from, to, n)
		p, a, b, ok := parseAppended(name)
		if !ok || p != partition || a != from || b != to || strings.Count(name, "/") != 4 {
			t.Errorf("%q gives %q %d %d %v", name, p, a, b, ok)
		}
		parseAppended(partition)
	})
}

// TestGrams holds that a filter of grams denies nothing that is there, at any
// size, and most of what is not.
func TestGrams(t *testing.T) {
	m, e := newMaker(9), &event.Event{}
	f := func(n int, wantMax float64) {
		t.Helper()
		var set gramSet
		var texts [][]byte
		for range n {
			m.audit(e)
			texts = append(texts, appendFold(nil, e.Raw))
			set.add(texts[len(texts)-1])
		}
		data, known := set.appendFilter(nil)
		if !known || set.set != 0 {
			t.Fatalf("%d documents: known %v, %d left", n, known, set.set)
		}
		ref, file := filterRef{0, uint64(len(data)), true}, bytes.NewReader(data)
		for _, text := range texts {
			if may, err := ref.mayContain(file, gramsOf(text)); err != nil || !may {
				t.Fatalf("%d documents: one is denied (%v)", n, err)
			}
		}
		passed := 0
		absentWords := []string{"xmrig", "/dev/tcp/", "curl http://", "base64 -d", "nsenter", "bash -i", "wget ", "cryptominer", "stratum+tcp", "masscan"}
		for _, w := range absentWords {
			if may, _ := ref.mayContain(file, gramsOf([]byte(w))); may {
				passed++
			}
		}
		if got := float64(passed) / float64(len(absentWords)); got > wantMax {
			t.Errorf("%d documents, filter of %d bytes: %.0f %% of absent words pass", n, len(data), got*100)
		}
	}
	f(1, 0)
	f(100, 0.1)
	f(5000, 0.2)
}
