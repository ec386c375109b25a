package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

func open(t *testing.T, dir string, o Options) (*Spool, Found) {
	t.Helper()
	o.Dir = dir
	if o.Now == nil {
		o.Now = time.Now
	}
	s, found, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, found
}

func shut(t *testing.T, s *Spool) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, s *Spool, l Lane, text string) {
	t.Helper()
	if err := s.Put(Input{Lane: l, Payload: []byte(text), Shares: []Share{{Pod: "p", Class: event.ClassProcess, Events: 1}}}); err != nil {
		t.Fatal(err)
	}
}

// send takes what is there, in order, as "lane sequence payload".
func send(t *testing.T, s *Spool, most int) (out []string) {
	t.Helper()
	for ; most > 0; most-- {
		b, ok, err := s.peek()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		out = append(out, fmt.Sprintf("%v %d %s", b.Lane, b.Sequence, b.Payload))
		s.Done(b)
	}
	return out
}

const all = 1 << 30

func TestOrder(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, Options{})
	put(t, s, Events, "a")
	put(t, s, Health, "b")
	put(t, s, Events, "c")
	if got := send(t, s, 1); !slices.Equal(got, []string{"health 1 b"}) {
		t.Error(got)
	}
	put(t, s, Findings, "d")
	first, err := s.Next(t.Context())
	if err != nil || first.Lane != Findings || len(first.Epoch) != 32 || first.Events != 1 {
		t.Errorf("%+v, %v", first, err)
	}
	if got := strings.Join(send(t, s, 2), ", "); got != "findings 1 d, events 1 a" {
		t.Error(got)
	}
	shut(t, s)

	// Another epoch begins at 1, after what is left of the one before, although the clock was set back.
	s, found := open(t, dir, Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if found.Batches != 1 || len(found.Cut) != 0 {
		t.Errorf("%+v", found)
	}
	put(t, s, Events, "e")
	put(t, s, Findings, "f")
	again, err := s.Next(t.Context())
	if err != nil || again.Epoch == first.Epoch {
		t.Errorf("%+v, %v", again, err)
	}
	if got := strings.Join(send(t, s, all), ", "); got != "findings 1 f, events 2 c, events 1 e" {
		t.Error(got)
	}
	if got := s.Stats(); got.Batches != 0 || got.Sent != 3 || got.Put != 2 || !got.Oldest.IsZero() || got.Trouble != nil {
		t.Errorf("%+v", got)
	}
}

// While the hub keeps up, files stay small and few, and go.
func TestHealthyPathKeepsNothing(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, Options{})
	for range 2000 {
		if err := s.Put(Input{Lane: Events, Payload: make([]byte, 20<<10)}); err != nil {
			t.Fatal(err)
		}
		if got := send(t, s, all); len(got) != 1 {
			t.Fatal(len(got))
		}
		if got := s.Stats(); got.Disk > 2*idleSegment {
			t.Fatalf("%+v", got)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*"+suffix)); len(names) > 1 {
		t.Error(names)
	}
}

// Batches of who floods go first, then the oldest; findings stay. Everything is either sent or counted.
func TestShed(t *testing.T) {
	s, _ := open(t, t.TempDir(), Options{Bytes: MinBytes})
	payload := bytes.Repeat([]byte("x"), 40<<10)
	kept := map[string]uint64{}
	write := func(l Lane, owner, pod string) {
		err := s.Put(Input{Lane: l, Owner: owner, Payload: payload, Shares: []Share{{Pod: pod, Class: event.ClassFile, Events: 10}}})
		if err != nil {
			t.Fatal(err)
		}
		kept[pod] += 10
		if got := s.Stats(); got.Disk > MinBytes {
			t.Fatalf("%+v", got)
		}
	}
	for i := range 600 {
		write(Events, "flood", "flood")
		if i%10 == 0 {
			write(Events, "", "quiet")
		}
		if i%50 == 0 {
			write(Findings, "", "finding")
		}
	}
	shed := s.TakeShed()
	if len(shed) != 1 || shed[0].Pod != "flood" || shed[0].Class != event.ClassFile {
		t.Fatalf("%+v", shed)
	}
	for range 400 {
		write(Events, "", "quiet")
	}
	more := s.TakeShed()
	if len(more) != 2 || more[0].Pod != "quiet" && more[1].Pod != "quiet" {
		t.Errorf("%+v", more)
	}
	for _, one := range append(shed, more...) {
		kept[one.Pod] -= one.Events
	}
	var left uint64
	for _, n := range kept {
		left += n
	}
	if got := send(t, s, all); uint64(len(got))*10 != left || strings.Count(strings.Join(got, "\n"), "findings") != 12 {
		t.Errorf("%d batches, want %d events", len(got), left)
	}
	if c := s.Stats(); c.Shed != c.Put*10-c.Sent*10 {
		t.Errorf("%+v", c)
	}
}

// What is more important is not given up for what is less; the latter is refused and counted.
func TestFindingsStay(t *testing.T) {
	s, _ := open(t, t.TempDir(), Options{Bytes: MinBytes})
	big := make([]byte, MaxPayload)
	for range 7 {
		if err := s.Put(Input{Lane: Findings, Payload: big}); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Put(Input{Lane: Events, Payload: big, Shares: []Share{{Class: event.ClassDNS, Events: 3}}})
	if !errors.Is(err, ErrShed) || s.Stats().Shed != 3 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
	if err := s.Put(Input{Lane: Findings, Payload: big}); err != nil || s.Stats().Batches != 7 {
		t.Errorf("%v, %+v", err, s.Stats())
	}
	if err := s.Put(Input{Payload: make([]byte, MaxPayload+1)}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// A batch that is given up while it is sent is not counted: whoever sends it has it.
func TestShedWhileSending(t *testing.T) {
	s, _ := open(t, t.TempDir(), Options{Bytes: MinBytes})
	share := []Share{{Pod: "p", Class: event.ClassFile, Events: 1}}
	write := func() {
		if err := s.Put(Input{Lane: Events, Payload: make([]byte, MaxPayload/2), Shares: slices.Clone(share)}); err != nil {
			t.Fatal(err)
		}
	}
	write()
	b, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		write()
	}
	s.Done(b)
	s.Done(b)
	got := send(t, s, all)
	if c := s.Stats(); c.Shed+uint64(len(got))+1 != 41 || c.Sent != uint64(len(got)) {
		t.Errorf("%d, %+v", len(got), c)
	}
}

func TestRefused(t *testing.T) {
	s, _ := open(t, t.TempDir(), Options{})
	put(t, s, Events, "poison")
	put(t, s, Events, "good")
	b, _ := s.Next(t.Context())
	s.Refused(b)
	if got := send(t, s, all); len(got) != 1 || got[0] != "events 2 good" {
		t.Error(got)
	}
	if lost := s.TakeLost(); len(lost) != 1 || lost[0].Events != 1 || s.Stats().Refused != 1 {
		t.Errorf("%+v", lost)
	}
}

func TestInUseAndClosed(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, Options{})
	if _, _, err := Open(Options{Dir: dir, Now: time.Now}); !errors.Is(err, ErrInUse) {
		t.Error(err)
	}
	ended := make(chan error)
	go func() {
		_, err := s.Next(context.Background())
		ended <- err
	}()
	shut(t, s)
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := s.Put(Input{}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ = open(t, dir, Options{})
	if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTrim(t *testing.T) {
	var list []Share
	var sum uint64
	for i := range 100 {
		sum += uint64(i)
		list = append(list, Share{Pod: strings.Repeat("p", 300), Container: fmt.Sprint(i), Class: event.Class(i % 40), Events: uint64(i)})
	}
	got := trim(list)
	record := appendRecord(nil, 1, 2, got, []byte("payload"))
	e, err := decodeHead(record)
	if err != nil || e.events != uint32(sum) || !slices.Equal(e.shares, got) || len(got) > maxShares+otherShares || len(record) > maxRecordHead+7 {
		t.Errorf("%d shares, %d bytes, %v", len(got), len(record), err)
	}
}
