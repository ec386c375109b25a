package limit

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestBuckets(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	b := NewBuckets(Rate{PerSecond: 2, Burst: 3}, c.now)
	for _, tt := range []struct {
		after time.Duration
		wait  time.Duration
		ok    bool
	}{
		{0, 0, true}, {0, 0, true}, {0, 0, true}, {0, 500 * time.Millisecond, false}, {250 * time.Millisecond, 250 * time.Millisecond, false},
		{250 * time.Millisecond, 0, true}, {-time.Hour, 500 * time.Millisecond, false}, {time.Hour, 0, true},
	} {
		c.t = c.t.Add(tt.after)
		if wait, ok := b.Take("a"); ok != tt.ok || wait != tt.wait {
			t.Errorf("after %s: %s %t", tt.after, wait, ok)
		}
	}
	if _, empty := b.Empty("never seen"); empty {
		t.Error("what was never seen is empty")
	}
}

// A bucket that was never seen by Empty takes no memory, and one of many keys
// is forgotten.
func TestBucketsAreBounded(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	b := NewBuckets(Rate{PerSecond: 1, Burst: 1}, c.now)
	for i := range maxKeys + 100 {
		b.Empty(fmt.Sprint("never ", i))
		b.Take(fmt.Sprint(i))
	}
	if len(b.keys) != maxKeys || b.order.Len() != maxKeys {
		t.Errorf("%d keys, %d in order", len(b.keys), b.order.Len())
	}
	if _, empty := b.Empty(fmt.Sprint(maxKeys + 99)); !empty {
		t.Error("the last key was forgotten")
	}
}

func TestShares(t *testing.T) {
	s := NewShares(2)
	ctx := t.Context()
	one, err := s.Acquire(ctx, "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Acquire(ctx, "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Acquire(ctx, "a", time.Millisecond); !errors.Is(err, ErrShare) {
		t.Errorf("a third: %v", err)
	}
	other, err := s.Acquire(ctx, "b", 0)
	if err != nil {
		t.Errorf("another key: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Acquire(gone, "a", time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that went: %v", err)
	}
	back := make(chan struct{})
	go func() { one(); close(back) }()
	three, err := s.Acquire(ctx, "a", time.Minute)
	if err != nil {
		t.Errorf("after one was given back: %v", err)
	}
	<-back
	two()
	three()
	other()
	if len(s.keys) != 0 {
		t.Errorf("%d keys are remembered", len(s.keys))
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct{ remote, want string }{
		{"192.0.2.7:1234", "192.0.2.7"}, {"[::ffff:192.0.2.7]:1", "192.0.2.7"}, {"[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:1", "fe80::/64"}, {"@", "?"}, {"", "?"}, {"192.0.2.7", "192.0.2.7"},
	} {
		if got := Address(tt.remote); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.remote, got, tt.want)
		}
	}
}
