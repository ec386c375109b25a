package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/login"
)

func TestCodeIsGoodOnceAndForMinutes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k := NewKeeper(func() time.Time { return now })
	code, until, err := k.Code("lyn_a")
	if err != nil || !until.Equal(now.Add(CodeLife)) {
		t.Fatalf("Code: until %s, %v", until, err)
	}
	if _, err := k.Bearer(t.Context(), code); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code is a session: %v", err)
	}
	if got, err := k.Redeem(code); got != "lyn_a" || err != nil {
		t.Fatalf("Redeem = %q, %v", got, err)
	}
	if _, err := k.Redeem(code); !errors.Is(err, ErrUnknown) {
		t.Errorf("a second time: %v", err)
	}
	late, _, _ := k.Code("lyn_a")
	now = now.Add(CodeLife)
	if _, err := k.Redeem(late); !errors.Is(err, ErrUnknown) {
		t.Errorf("after its time: %v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k := NewKeeper(func() time.Time { return now })
	one, _, _ := k.Open(New{Bearer: "lyn_a"})
	two, _, _ := k.Open(New{Bearer: "lyn_b"})
	for range 2 {
		if got, err := k.Bearer(t.Context(), one); got != "lyn_a" || err != nil {
			t.Fatalf("Bearer = %q, %v", got, err)
		}
	}
	k.Close(one)
	k.Close("never given")
	if _, err := k.Bearer(t.Context(), one); !errors.Is(err, ErrUnknown) {
		t.Errorf("after Close: %v", err)
	}
	now = now.Add(Life)
	if _, err := k.Bearer(t.Context(), two); !errors.Is(err, ErrUnknown) {
		t.Errorf("after its time: %v", err)
	}
	if _, _, err := k.Open(New{Bearer: strings.Repeat("x", maxBearer+1)}); err == nil {
		t.Error("a session was made of a token that is too long")
	}
}

func TestTheOldestGiveWay(t *testing.T) {
	k := NewKeeper(time.Now)
	first, _, _ := k.Open(New{Bearer: "first"})
	var last string
	for range maxSessions {
		last, _, _ = k.Open(New{Bearer: "later"})
	}
	if _, err := k.Bearer(t.Context(), first); !errors.Is(err, ErrUnknown) {
		t.Errorf("the oldest is still there: %v", err)
	}
	if _, err := k.Bearer(t.Context(), last); err != nil {
		t.Error(err)
	}
	if n := len(k.sessions.by); n != maxSessions || k.sessions.order.Len() != n {
		t.Errorf("%d sessions, %d in order", n, k.sessions.order.Len())
	}
}

// A token is renewed before it ends, and one that cannot be is handed out as
// it is.
func TestRenewal(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k := NewKeeper(func() time.Time { return now })
	asked, fails := 0, false
	secret, _, err := k.Open(New{Bearer: "first", BearerEnds: now.Add(5 * time.Minute), Renew: func(context.Context) (string, time.Time, error) {
		asked++
		if fails {
			return "", time.Time{}, errors.New("not now")
		}
		return "next", now.Add(5 * time.Minute), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		fails bool
		want  string
		asked int
	}{{time.Minute, false, "first", 0}, {3*time.Minute + 30*time.Second, false, "next", 1}, {time.Minute, true, "next", 1}, {4 * time.Minute, true, "next", 2}, {0, false, "next", 3}} {
		now, fails = now.Add(step.after), step.fails
		if got, err := k.Bearer(t.Context(), secret); got != step.want || asked != step.asked || err != nil {
			t.Errorf("%+v: %q after %d renewals, %v", step, got, asked, err)
		}
	}
}

// Everybody sees and ends their own sessions; nobody's owner is everybody.
func TestListAndEnd(t *testing.T) {
	k := NewKeeper(time.Now)
	mine, _, _ := k.Open(New{Bearer: "a", Owner: "1", Name: "mira", Agent: strings.Repeat("é", 200)})
	yours, _, _ := k.Open(New{Bearer: "b", Owner: "2", Name: "jo"})
	if l := k.List("1"); len(l) != 1 || l[0].Name != "mira" || l[0].ID != k.ID(mine) || len(l[0].Agent) > maxAgent {
		t.Errorf("own: %+v", l)
	}
	if l := k.List(""); len(l) != 2 || l[0].Name != "jo" {
		t.Errorf("all: %+v", l)
	}
	if k.End(k.ID(yours), "1") || !k.End(k.ID(mine), "1") || k.End(k.ID(mine), "") || !k.End(k.ID(yours), "") || k.ID(yours) != "" {
		t.Error("sessions are not ended by who may")
	}
}

// A sign-in at an identity provider is taken up once.
func TestAttempts(t *testing.T) {
	now := time.Now()
	k := NewKeeper(func() time.Time { return now })
	one, late := k.Begin(login.Attempt{}), k.Begin(login.Attempt{})
	if _, err := k.Attempt(one); err != nil {
		t.Error(err)
	}
	if _, err := k.Attempt(one); !errors.Is(err, ErrUnknown) {
		t.Errorf("a second time: %v", err)
	}
	now = now.Add(AttemptLife)
	if _, err := k.Attempt(late); !errors.Is(err, ErrUnknown) {
		t.Errorf("after its time: %v", err)
	}
}
