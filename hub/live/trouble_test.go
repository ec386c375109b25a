package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/store/lake"
)

// ill is a partition of a bus that does not answer now and then.
type ill struct {
	live.Source
	failed atomic.Int64
	calls  atomic.Int64
	share  float64 // of the calls, besides the third
}

var errAway = errors.New("no server has it at the moment")

func (s *ill) fails() bool {
	third := s.calls.Add(1) == 3 && s.share > 0 // however few calls there are
	if rand.Float64() >= s.share && !third {
		return false
	}
	s.failed.Add(1)
	return true
}

func (s *ill) Pull(ctx context.Context, o bus.PullOptions) ([]bus.Message, error) {
	if s.fails() {
		return nil, errAway
	}
	return s.Source.Pull(ctx, o)
}

func (s *ill) Ack(ctx context.Context, sequence uint64) error {
	if s.fails() {
		return errAway
	}
	return s.Source.Ack(ctx, sequence)
}

func (s *ill) Quarantine(ctx context.Context, m bus.Message, reason error) error {
	if s.fails() {
		return errAway
	}
	return s.Source.Quarantine(ctx, m, reason)
}

// What cannot be read, what makes this program fail, and a bus that is away now and then stop nothing: all other events are
// stored, once, and what was put aside is counted.
func TestTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		share float64
	}{{"a bus that is there", 0}, {"a bus that is away now and then", 0.1}} {
		t.Run(tt.name, func(t *testing.T) { trouble(t, tt.share) })
	}
}

// messages is how many are sent, of which a third is not sound.
const messages = 24

func trouble(t *testing.T, share float64) {
	ctx, stop := context.WithCancel(t.Context())
	b, err := bus.Open(ctx, bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	k, _, err := lake.Open(ctx, lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	source, err := b.Consumer(ctx, "store", 0)
	if err != nil {
		t.Fatal(err)
	}
	away := &ill{Source: source, share: share}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	tally := coverage.NewTally()
	c := &live.Consumer{Source: away, Store: live.Lake{Lake: k}, Counts: &live.Counts{}, Tally: tally, Log: log, Now: time.Now, NewJudge: func(context.Context) (*live.Judge, error) {
		set, err := detect.Compile(nil, detect.Options{})
		if err != nil {
			return nil, err
		}
		callers, err := identity.NewCallers(identity.CallersOptions{})
		if err != nil {
			return nil, err
		}
		state, err := detect.NewState(nil, detect.StateOptions{Context: callers, Lateness: live.Lateness})
		if err != nil {
			return nil, err
		}
		return live.NewJudge(live.Options{
			Set: set, State: state, Callers: callers, Requests: audit.NewRequests(0), Store: live.Lake{Lake: k}, Past: live.Lake{Lake: k}, Log: log, Now: time.Now,
			Tap: func(e *event.Event) {
				if strings.HasPrefix(event.MetadataUID.Get(e), "poison") {
					panic("as a rule with a mistake would")
				}
			},
		}), nil
	}}
	ran := make(chan error, 1)
	go func() { ran <- c.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}()
	sound, aside := 0, int64(0)
	for n := range messages {
		payload := batchOf(t, fmt.Sprint("a", n), fmt.Sprint("b", n))
		switch n % 12 {
		case 3:
			payload, aside = batchOf(t, fmt.Sprint("poison", n), fmt.Sprint("c", n)), aside+1
		case 5:
			payload, aside = []byte("no batch at all"), aside+1
		case 7:
			payload, aside = payload[:len(payload)-3], aside+1
		case 9:
			payload[len(payload)/2] ^= 1
			aside++
		default:
			sound += 2
		}
		if _, err := b.Publish(ctx, 0, payload); err != nil {
			t.Fatal(err)
		}
		if n%8 == 0 {
			time.Sleep(50 * time.Millisecond) // so that they come in several rounds
		}
	}
	rows := func() (n int64) {
		for _, table := range k.Stats().Tables {
			if table.Class == event.ClassProcess {
				n += table.Rows
			}
		}
		return n
	}
	for deadline := time.Now().Add(time.Minute); rows() < int64(sound) || c.Counts.Quarantined.Load() < aside; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d events, %d of %d batches aside", rows(), sound, c.Counts.Quarantined.Load(), aside)
		}
	}
	behind := func() bool {
		lag, err := b.Lag(t.Context(), "store", 0)
		if err != nil {
			t.Fatal(err)
		}
		return lag.Messages > 0
	}
	for deadline := time.Now().Add(time.Minute); behind(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not all is acknowledged")
		}
		if share > 0 { // it is told with what comes next
			if _, err := b.Publish(ctx, 0, batchOf(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := rows(); n != int64(sound) {
		t.Errorf("%d events are stored, %d were sound", n, sound)
	}
	list, err := b.Quarantined(t.Context(), 1000)
	if err != nil || len(list) != int(aside) {
		t.Errorf("%d batches are aside, want %d: %v", len(list), aside, err)
	}
	if share > 0 && away.failed.Load() == 0 {
		t.Error("the bus was never away")
	}
	lost := int64(0)
	for _, a := range tally.Take(time.Now().Add(-time.Minute), time.Now()) {
		lost += a.Gone()
	}
	if lost < aside {
		t.Errorf("%d events are told to be missing, and %d batches are aside", lost, aside)
	}
}

func batchOf(t *testing.T, uids ...string) []byte {
	t.Helper()
	var b wire.Builder
	b.Reset("test", 1)
	for _, uid := range uids {
		var e event.Event
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(&e, uid)
		event.Time.Set(&e, time.Now().UnixNano())
		event.ReceivedTime.Set(&e, time.Now().UnixNano())
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	return b.AppendTo(nil)
}
