//go:build cgo

package hub

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/kql/value"
)

// testToken is with which tests post to the webhook.
const testToken = "a token of tests"

// webhookForTests takes what is posted on loopback with testToken.
func webhookForTests() *WebhookOptions {
	return &WebhookOptions{Listen: "127.0.0.1:0", Clients: []webhook.Client{{Name: "test", TokenHash: webhook.HashToken(testToken)}}}
}

// startUp starts a server on free ports, and stops it with the test.
func startUp(t *testing.T, o UpOptions) *Up {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	if o.Rules == nil {
		o.Rules = builtinRules(t)
	}
	u, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopUp(t, u) })
	return u
}

func stopUp(t *testing.T, u *Up) {
	t.Helper()
	if err := u.Stop(); err != nil {
		t.Error(err)
	}
}

// answerOf returns the rows of an answer as texts, by column, and its notes.
func answerOf(t *testing.T, q hunt.Querier, r hunt.Request) (rows []map[string]string, notes []string) {
	t.Helper()
	a, err := q.Query(t.Context(), r)
	if err != nil {
		t.Fatalf("%s: %v", r.KQL, err)
	}
	defer a.Close()
	cols := a.Columns()
	for row := make([]value.Value, len(cols)); a.Next(row); {
		m := make(map[string]string, len(cols))
		for i, c := range cols {
			m[c.Name] = row[i].String()
		}
		rows = append(rows, m)
	}
	if err := a.Err(); err != nil {
		t.Fatalf("%s: %v", r.KQL, err)
	}
	return rows, a.Notes()
}

// number returns the only value of an answer.
func number(t *testing.T, q hunt.Querier, kql string) string {
	t.Helper()
	rows, _ := answerOf(t, q, hunt.Request{KQL: kql})
	for _, row := range rows {
		for _, v := range row {
			return v
		}
	}
	t.Fatalf("%s: no answer", kql)
	return ""
}

// until waits for a condition.
func until(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", within, what)
		}
	}
}

// stored waits until a server has stored n requests and works on none.
func stored(t *testing.T, u *Up, within time.Duration, n int) {
	t.Helper()
	last, detail := "", ""
	defer func() { t.Logf("stored: %s; %s", last, detail) }()
	until(t, within, "not all is stored", func() bool {
		lag, err := u.bus.Lag(context.Background(), consumerName, 0)
		if err != nil {
			t.Fatal(err)
		}
		last = fmt.Sprintf("%s of %d requests, %d batches wait", number(t, u.store, "audit | count"), n, lag.Messages)
		c := &u.counts
		detail = fmt.Sprintf("consumer: %d events, %d repeated, %d batches, %d quarantined, full %d, ready %v", c.Events.Load(), c.Repeated.Load(), c.Batches.Load(), c.Quarantined.Load(), c.Full.Load(), u.consumer.Ready())
		if u.tail != nil {
			detail += fmt.Sprintf("; tail: %+v", u.tail.Status())
		}
		return lag.Messages == 0 && strings.HasPrefix(last, fmt.Sprintf("%d of", n))
	})
}

// logs writes what a server logs to the test's log.
func logs(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
}
