package intake

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/redact"
)

func TestLedger(t *testing.T) {
	var l Ledger
	l.Expect("a")
	if got := l.Accounts(); len(got) != 1 || got[0].Name != "a" || !l.Last().IsZero() {
		t.Errorf("%+v", got)
	}
	live, err := audit.NewLive(audit.LiveOptions{Redactor: redact.New([]byte("key"))})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1e9, 0)
	l.Failed("a", errors.New("full"))
	if a := l.Accounts()[0]; a.Failures != 1 || a.Trouble != "full" {
		t.Errorf("%+v", a)
	}
	text := `{"auditID":"x","verb":"get","stageTimestamp":"2026-01-02T03:04:05Z"}` + "\n{}\n{\n"
	err = live.Lines(audit.Origin{Source: "a"}, []byte(text), 1, 0, func(b *audit.Batch) error { l.Taken(b, now); return nil })
	if err != nil {
		t.Fatal(err)
	}
	l.Read("a", int64(len(text)))
	a := l.Accounts()[0]
	if a.Events != 1 || a.Ignored != 1 || a.Broken != 1 || a.Bytes != int64(len(text)) || len(a.Problems) != 2 || a.Trouble != "" || !a.Durable.Equal(now) {
		t.Errorf("%+v", a)
	}
	if !l.Last().Equal(now) {
		t.Errorf("last %v", l.Last())
	}
	for i := range 2 * maxSources {
		l.Expect(fmt.Sprint(i))
	}
	if n := len(l.Accounts()); n != maxSources+1 {
		t.Errorf("%d accounts", n)
	}
}
