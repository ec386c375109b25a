package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// look returns the conditions that hold now, the worst first.
func (u *Up) look(ctx context.Context) []coverage.Condition {
	if u.books != nil {
		return u.books.Look(ctx)
	}
	out := u.ownConditions(ctx)
	sortConditions(out)
	return out
}

// known returns the conditions of the last look, where a ledger looks; else
// what is known without asking anybody.
func (u *Up) known() []coverage.Condition {
	if u.books != nil {
		return u.books.Conditions()
	}
	out := append(u.sensorProblems(), u.blind()...)
	sortConditions(out)
	return out
}

func sortConditions(list []coverage.Condition) {
	slices.SortStableFunc(list, func(x, y coverage.Condition) int { return int(y.Level) - int(x.Level) })
}

// othersConditions are what the other processes on the bus say of themselves,
// and what nobody does. The process that keeps the ledger tells of it.
func (u *Up) othersConditions() (out []coverage.Condition) {
	if u.leases == nil || u.o.whole() || u.store == nil || u.o.Now().Sub(u.started) < takeovers*u.leases.TTL() {
		return nil
	}
	held, says := u.others()
	for i, p := range says {
		if held[i].Mine {
			continue
		}
		for _, c := range p.Conditions {
			c.Text = held[i].Name + ": " + c.Text
			out = append(out, c)
		}
	}
	if free := u.unowned(); len(free) > 0 {
		out = append(out, coverage.Condition{
			Code: "partition-unjudged", About: "detection", Level: coverage.Failure, Text: fmt.Sprintf("nobody judges partitions %v: their events wait on the bus", free),
			Advice: "start a process with --role detection, or look at the logs of those that run",
		})
	}
	return out
}

// muted returns how many matches of each rule were only counted.
func (u *Up) muted() map[string]int64 {
	if u.consumer != nil {
		return u.consumer.Muted()
	}
	out := map[string]int64{}
	add := func(m map[string]int64) {
		for r, n := range m {
			out[r] += n
		}
	}
	if u.share != nil {
		add(u.share.muted())
	}
	if u.store != nil {
		held, says := u.others()
		for i, p := range says {
			if !held[i].Mine {
				add(p.Muted)
			}
		}
	}
	return out
}

// lag is what waits to be stored: on the bus, and where detection and store are
// apart between those, of all partitions.
func (u *Up) lag(ctx context.Context) (sum bus.Lag, err error) {
	for _, b := range []*bus.Bus{u.bus, u.logs} {
		if b == nil {
			continue
		}
		for p := range b.Partitions() {
			lag, err := b.Lag(ctx, consumerName, p)
			if err != nil {
				return sum, err
			}
			sum.Messages += lag.Messages
			sum.Bytes += lag.Bytes
			if !lag.Oldest.IsZero() && (sum.Oldest.IsZero() || lag.Oldest.Before(sum.Oldest)) {
				sum.Oldest = lag.Oldest
			}
		}
	}
	return sum, nil
}

// stored is how many events were stored, or judged by a process without a
// store.
func (u *Up) stored() int64 {
	if u.o.has(Storage) && !u.o.whole() {
		return u.storing.Events.Load()
	}
	return u.counts.Events.Load()
}

// lakeStats are those of the store here; all zero where there is none.
func (u *Up) lakeStats() lake.Stats {
	if u.store == nil {
		return lake.Stats{}
	}
	return u.store.lake.Stats()
}

// damaged are segments that were set aside.
func (u *Up) damaged() []lake.Aside { return u.lakeStats().Aside }

// storeName is what the store here is called, "" for none.
func (u *Up) storeName() string {
	if u.store == nil {
		return ""
	}
	return u.store.identity
}

// sendAccounts sends each minute what this process counted of its sources to
// the process that keeps the ledger.
func (u *Up) sendAccounts(ctx context.Context) error {
	hasher := event.NewUIDHasher()
	var row event.Event
	from := u.o.Now().Truncate(time.Minute)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := u.o.Now()
		until := now.Truncate(time.Minute)
		if !until.After(from) {
			continue
		}
		u.gather(u.tally)
		list := u.tally.Take(from, until)
		from = until
		if len(list) == 0 {
			continue
		}
		a := u.ownRows().Begin("", 0, 0)
		var err error
		for i := range list {
			coverage.Fill(&row, &list[i], now, hasher)
			if err = a.Add(&row); err != nil {
				break
			}
		}
		if err == nil {
			err = a.Commit(ctx)
		}
		if err != nil && ctx.Err() == nil {
			u.o.Log.Error("the accounts of a minute could not be sent", "error", err)
		}
	}
}
