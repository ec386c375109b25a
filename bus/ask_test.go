package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
)

// Who answers does not wait for one who has gone without a word, and who asks waits for one who is slow.
func TestAskerIsGone(t *testing.T) {
	b := open(t, t.TempDir(), nil)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	gone := make(chan error, 1)
	done := make(chan error)
	go func() {
		done <- b.Answer(ctx, "past", func(_ context.Context, q []byte, send func([]byte) error) error {
			if string(q) == "slow" {
				time.Sleep(3 * time.Second)
				return send([]byte("at last"))
			}
			err := send(nil)
			for err == nil {
				err = send(nil)
			}
			gone <- err
			return err
		})
	}()
	asked := make(chan struct{})
	begun := make(chan struct{})
	go func() {
		defer close(asked)
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			err := b.Ask(t.Context(), "past", []byte("slow"), func([]byte) error { return nil })
			if errors.Is(err, bus.ErrNobody) {
				continue
			}
			if err != nil {
				t.Errorf("a slow answer: %v", err)
			}
			return
		}
	}()
	go func() {
		enough := errors.New("enough")
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if err := b.Ask(t.Context(), "past", nil, func([]byte) error { return enough }); !errors.Is(err, bus.ErrNobody) {
				break
			}
		}
		close(begun)
	}()
	<-begun
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Error("it waits for one who has gone")
	}
	<-asked
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAsk(t *testing.T) {
	b := open(t, t.TempDir(), nil)
	ask := func(question string) (parts []string, err error) {
		err = b.Ask(t.Context(), "past", []byte(question), func(part []byte) error {
			parts = append(parts, string(part))
			return nil
		})
		return parts, err
	}
	if _, err := ask("anybody?"); !errors.Is(err, bus.ErrNobody) {
		t.Errorf("nobody is there, and the answer is %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	large := strings.Repeat("x", 3<<20)
	go func() {
		done <- b.Answer(ctx, "past", func(_ context.Context, q []byte, send func([]byte) error) error {
			for _, part := range []string{"to " + string(q), large, ""} {
				if err := send([]byte(part)); err != nil {
					return err
				}
			}
			if string(q) == "bad" {
				return errors.New("cannot\nbe said")
			}
			return nil
		})
	}()
	var parts []string
	var err error
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if parts, err = ask("you"); !errors.Is(err, bus.ErrNobody) || time.Now().After(end) {
			break
		}
	}
	if err != nil || len(parts) != 3 || parts[0] != "to you" || parts[1] != large || parts[2] != "" {
		t.Errorf("%d parts, %v", len(parts), err)
	}
	if _, err := ask("bad"); err == nil || !strings.Contains(err.Error(), "cannot be said") {
		t.Errorf("a failure is told as %v", err)
	}
	enough := fmt.Errorf("enough")
	if err := b.Ask(t.Context(), "past", nil, func([]byte) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("who has enough gets %v", err)
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("it does not end")
	}
}
