package intake

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/coverage"
)

const (
	// maxSources bounds the accounts that are kept, since the names of files
	// that are followed may change for ever.
	maxSources = 4096
	// otherSources is the account of all that are beyond.
	otherSources = "(other sources)"
)

// An Account is what one source has given.
type Account struct {
	coverage.Source
	// Durable is when the last of its events was made durable, by the local
	// clock; zero when it has given none.
	Durable time.Time
	// Audited is when the last of its audit events was.
	Audited time.Time
	// Failures is how often events could not be made durable. They were
	// offered again, or their sender was told to.
	Failures int64
	// Trouble says why it gives nothing at the moment, "" when all is well.
	Trouble string
}

// A Ledger keeps the account of every source. It is safe for use by several
// goroutines. The zero value is ready.
type Ledger struct {
	mu       sync.Mutex
	accounts map[string]*Account
}

// Taken adds a batch that is durable.
func (l *Ledger) Taken(b *audit.Batch, now time.Time) {
	l.change(b.Origin().Source, func(a *Account) {
		b.Cover(&a.Source)
		a.Trouble = ""
		if b.Len() > 0 {
			a.Durable = now
			if b.HasAudit() {
				a.Audited = now
			}
		}
	})
}

// Failed notes that a batch could not be made durable.
func (l *Ledger) Failed(source string, err error) {
	l.change(source, func(a *Account) {
		a.Failures++
		a.Trouble = err.Error()
	})
}

// Read adds bytes that were read from a source, as they stand.
func (l *Ledger) Read(source string, n int64) {
	l.change(source, func(a *Account) { a.Bytes += n })
}

// Troubled says why a source gives nothing at the moment; "" takes that back.
func (l *Ledger) Troubled(source, why string) {
	l.change(source, func(a *Account) { a.Trouble = why })
}

// Expect opens the account of a source before it has given anything, so that
// its silence is seen.
func (l *Ledger) Expect(source string) { l.change(source, func(*Account) {}) }

func (l *Ledger) change(source string, f func(*Account)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.accounts == nil {
		l.accounts = map[string]*Account{}
	}
	a := l.accounts[source]
	if a == nil {
		if len(l.accounts) >= maxSources {
			source = otherSources
		}
		if a = l.accounts[source]; a == nil {
			a = &Account{Source: coverage.Source{Name: source}}
			l.accounts[source] = a
		}
	}
	f(a)
}

// Accounts returns what each source has given, in order of name.
func (l *Ledger) Accounts() []Account {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Account, 0, len(l.accounts))
	for _, name := range slices.Sorted(maps.Keys(l.accounts)) {
		a := *l.accounts[name]
		a.Problems = slices.Clone(a.Problems)
		out = append(out, a)
	}
	return out
}

// Last returns when the last audit event of any source was made durable; zero
// when there was none. An API server is never silent for a minute: its own
// controllers ask it all the time.
func (l *Ledger) Last() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	var last time.Time
	for _, a := range l.accounts {
		if a.Audited.After(last) {
			last = a.Audited
		}
	}
	return last
}
