package stream

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// pair returns a sender and a receiver, and the connection of the first.
func pair(t *testing.T) (*Sender, *Receiver, *net.UnixConn) {
	t.Helper()
	a, b, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	var conns [2]*net.UnixConn
	for i, f := range []*os.File{a, b} {
		if conns[i], err = Dial(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conns[i].Close() })
	}
	return NewSender(conns[0], 100), NewReceiver(conns[1]), conns[0]
}

func filled(b []byte) func([]byte) []byte {
	return func(dst []byte) []byte { return append(dst, b...) }
}

func TestSendAndAnswer(t *testing.T) {
	s, r, conn := pair(t)
	batches := [][]byte{{1}, bytes.Repeat([]byte("x"), MaxMessage-numberBytes), []byte("last")}
	sent := make(chan error)
	go func() {
		for _, b := range batches {
			sent <- s.Send(filled(b))
		}
	}()
	for i, want := range batches {
		number, got, err := r.Receive()
		if err != nil || !bytes.Equal(got, want) || number != 101+uint64(i) {
			t.Fatalf("%d bytes, number %d, %v", len(got), number, err)
		}
		select {
		case <-sent:
			t.Fatal("Send returned before the answer")
		default:
		}
		// What answers an earlier sender is passed over.
		for _, n := range []uint64{7, number} {
			if err := r.Answer(n); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Send(filled(make([]byte, MaxMessage))); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	_ = conn.Close()
	if _, _, err := r.Receive(); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

// Answers of a size that may not be end the sending; messages of such a size are passed over.
func TestWrongMessages(t *testing.T) {
	s, r, conn := pair(t)
	for _, b := range [][]byte{{1}, make([]byte, numberBytes), make([]byte, MaxMessage+1)} {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Receive(); !errors.Is(err, ErrProtocol) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	if _, err := r.conn.Write([]byte("nonsense that is long")); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(filled([]byte("x"))); !errors.Is(err, ErrProtocol) {
		t.Error(err)
	}
}

// A receiver that goes away ends a sender that waits.
func TestReceiverGone(t *testing.T) {
	s, r, _ := pair(t)
	sent := make(chan error)
	go func() { sent <- s.Send(filled([]byte("x"))) }()
	if _, _, err := r.Receive(); err != nil {
		t.Fatal(err)
	}
	_ = r.conn.Close()
	if err := <-sent; !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	if err := s.Send(filled([]byte("x"))); !errors.Is(err, ErrGone) {
		t.Error("sent to nobody", err)
	}
}

func TestDialRefuses(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Dial(f); err == nil {
		t.Error("a file was taken for a socket")
	}
}
