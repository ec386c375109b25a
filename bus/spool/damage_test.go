package spool

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// filled makes a directory with a file of ten batches, and returns the file's name and bytes.
func filled(t *testing.T) (dir, name string, content []byte) {
	t.Helper()
	dir = t.TempDir()
	s, _ := open(t, dir, Options{})
	for range 10 {
		if err := s.Put(Input{Lane: Events, Payload: bytes.Repeat([]byte("x"), 100), Shares: []Share{{Pod: "p", Class: event.ClassFile, Events: 7}}}); err != nil {
			t.Fatal(err)
		}
	}
	shut(t, s)
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	content, err = os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return dir, names[0], content
}

// A file that was cut off anywhere has the batches before that, and it is said that it was cut.
func TestCutOff(t *testing.T) {
	dir, name, content := filled(t)
	head := (&header{epoch: "00"}).length()
	each := (len(content) - head) / 10
	for n := range content {
		_ = os.Remove(filepath.Join(dir, marksName))
		if err := os.WriteFile(name, content[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		s, found := open(t, dir, Options{})
		want := max(0, n-head) / each
		whole := n >= head && (n-head)%each == 0
		if found.Batches != want || (len(found.Cut) == 0) != whole {
			t.Fatalf("cut at %d: %+v, want %d batches", n, found, want)
		}
		if got := len(send(t, s, all)); got != want {
			t.Fatalf("cut at %d: %d batches, want %d", n, got, want)
		}
		shut(t, s)
	}
}

// Of a file in which a byte changed, each batch is as it was or is not there, and what is missing is counted or told.
func TestChanged(t *testing.T) {
	dir, name, content := filled(t)
	for at := range content {
		b := bytes.Clone(content)
		b[at] ^= 0x40
		_ = os.Remove(filepath.Join(dir, marksName))
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, found := open(t, dir, Options{})
		got := send(t, s, all)
		for _, one := range got {
			if !bytes.HasSuffix([]byte(one), content[len(content)-100:]) {
				t.Fatalf("changed at %d: %q", at, one)
			}
		}
		c := s.Stats()
		if told := len(found.Cut) + len(found.Left) + int(c.Damaged); len(got) == 10 || told == 0 || c.Damaged > 0 && c.Lost != 7 {
			t.Fatalf("changed at %d: %d batches, %+v, %+v", at, len(got), found, c)
		}
		shut(t, s)
		_ = os.Remove(name)
	}
}

// A file that changes below a spool that is open ends neither it nor the batches of other files.
func TestDamagedWhileOpen(t *testing.T) {
	dir, name, content := filled(t)
	s, _ := open(t, dir, Options{})
	put(t, s, Events, "other")
	send(t, s, 2)
	if err := os.WriteFile(name, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	got := send(t, s, all)
	if got[len(got)-1] != "events 1 other" {
		t.Error(got)
	}
	if c := s.Stats(); c.Damaged+uint64(len(got))-1 != 8 || c.Trouble == nil {
		t.Errorf("%d, %+v", len(got), c)
	}
}

// Marks that are damaged or gone have batches sent again, under their old numbers.
func TestMarksGone(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, Options{})
	put(t, s, Health, "a")
	put(t, s, Health, "b")
	b, _ := s.Next(t.Context())
	send(t, s, 1)
	shut(t, s)
	s, found := open(t, dir, Options{})
	if found.Batches != 1 {
		t.Errorf("%+v", found)
	}
	shut(t, s)
	for _, content := range []string{"nonsense", "", string(make([]byte, 3*markBytes))} {
		if err := os.WriteFile(filepath.Join(dir, marksName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, found = open(t, dir, Options{})
		again, err := s.Next(t.Context())
		if found.Batches != 2 || err != nil || again.Epoch != b.Epoch || again.Sequence != 1 {
			t.Errorf("%+v, %+v, %v", found, again, err)
		}
		shut(t, s)
	}
}

// What a newer version wrote stays where it is.
func TestNewerVersion(t *testing.T) {
	dir, name, _ := filled(t)
	h := header{lane: lanes, epoch: "00"}
	if err := os.WriteFile(name, h.append(nil), 0o600); err != nil {
		t.Fatal(err)
	}
	s, found := open(t, dir, Options{})
	if len(found.Left) != 1 || found.Batches != 0 {
		t.Errorf("%+v", found)
	}
	put(t, s, Events, "x")
	if got := send(t, s, all); len(got) != 1 {
		t.Error(got)
	}
	if _, err := os.Stat(name); err != nil {
		t.Error(err)
	}
}

// FuzzSegment opens directories with a file of any content.
func FuzzSegment(f *testing.F) {
	h := header{lane: Events, generation: 3, epoch: "00112233445566778899aabbccddeeff", owner: "o"}
	whole := appendRecord(h.append(nil), 5, 6, []Share{{Pod: "p", Container: "c", Class: event.ClassDNS, Events: 3}}, []byte("payload"))
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add(appendRecord(bytes.Clone(whole), 6, 6, nil, nil))
	f.Add(h.append(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		name := filepath.Join(dir, "0000000000000001"+suffix)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, found, err := Open(Options{Dir: dir, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		sent := 0
		for range found.Batches + 1 {
			n := len(send(t, s, 1))
			sent += n
			if n == 0 {
				break
			}
		}
		if c := s.Stats(); sent+int(c.Damaged) != found.Batches || c.Batches != 0 || c.Disk > int64(len(b)) && len(found.Left) == 0 {
			t.Fatalf("%d sent of %+v, %+v", sent, found, c)
		}
		if err := s.Put(Input{Lane: Events, Payload: []byte("after")}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzHead reads heads of batches; what can be read is written as the same bytes.
func FuzzHead(f *testing.F) {
	f.Add(appendRecord(nil, 1, 2, []Share{{Pod: "p", Others: true, Class: event.ClassDNS, Events: 300}}, []byte("payload")))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeHead(b[:min(len(b), maxRecordHead)])
		if err != nil || e.length() > int64(len(b)) || len(e.shares) > maxShares {
			return
		}
		var sum uint64
		for _, s := range e.shares {
			if s.Class > event.ClassSelfAudit || len(s.Pod) > maxUID || len(s.Container) > maxUID {
				return
			}
			sum += s.Events
		}
		again, err := decodeHead(appendRecord(nil, e.sequence, e.sealed, e.shares, b[e.head:e.length()]))
		if err != nil || again.sequence != e.sequence || again.sealed != e.sealed || again.payload != e.payload {
			t.Fatalf("%+v, %+v, %v", e, again, err)
		}
	})
}
