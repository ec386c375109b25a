package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/lease"
	"github.com/lynceus-io/lynceus/store/state"
)

// BusOptions say which cluster of NATS servers has the bus, and what is kept
// in store/state. bus.Options says what each member means.
type BusOptions struct {
	URL, Name, Credentials string
	TLS                    *tls.Config
	Replicas               int
	// Partitions is how many shares the work of detection has, where it is in
	// processes of its own: a cluster's events are in one of them. 0 means what
	// is laid out already, or DefaultPartitions.
	Partitions int
	// TTL is how long a process that shares the bus may be silent before
	// others take what it held; 0 means lease.DefaultTTL. It is the same for
	// all.
	TTL time.Duration
}

// consumerName is the name under which the bus knows who takes its events.
const consumerName = "store"

func (u *Up) openBus(ctx context.Context) (err error) {
	if u.key, err = installationKey(u.o.Dir); err != nil {
		return err
	}
	o := u.busOptions()
	if u.o.Bus == nil {
		if u.bus, err = bus.Open(ctx, o); err != nil {
			return err
		}
		u.onStop("bus", u.bus.Close)
		u.kept = state.New(u.bus.JetStream(), u.stateOptions())
		return nil
	}
	// How many partitions there are is kept on the bus itself.
	o.Partitions = bus.NoPartitions
	common, err := bus.Open(ctx, o)
	if err != nil {
		return err
	}
	u.onStop("connection to the bus", common.Close)
	u.kept = state.New(common.JetStream(), u.stateOptions())
	plan, err := u.joinInstallation(ctx)
	if err != nil {
		return err
	}
	if u.bus, err = u.openEvents(ctx, plan.Partitions); err != nil {
		return err
	}
	u.onStop("bus", u.bus.Close)
	if !plan.Apart {
		return nil
	}
	return u.openLogs(ctx)
}

// openEvents opens the bus of events on a cluster.
func (u *Up) openEvents(ctx context.Context, partitions int) (*bus.Bus, error) {
	o := u.busOptions()
	o.Partitions = partitions
	if partitions > 1 {
		o.MaxBytes = shareOf(o.MaxBytes, partitions)
	}
	return bus.Open(ctx, o)
}

// busOptions say where the bus of events is.
func (u *Up) busOptions() bus.Options {
	o := bus.Options{Consumers: []string{consumerName}, MaxBytes: u.o.BusBytes, MinFree: u.o.BusFree, Log: u.o.Log}
	if b := u.o.Bus; b != nil {
		o.URL, o.Name, o.Credentials, o.TLS, o.Replicas = b.URL, b.Name, b.Credentials, b.TLS, b.Replicas
	} else {
		o.Dir = filepath.Join(u.o.Dir, "js")
	}
	return o
}

// leastShare is what a partition may keep at least, in bytes.
const leastShare = 128 << 20

// shareOf is what each of several partitions may keep of what all of them may.
func shareOf(bytes int64, partitions int) int64 {
	return max(cmp.Or(bytes, bus.DefaultMaxBytes)/int64(partitions), leastShare)
}

// stateOptions say how what changes is kept beside the bus.
func (u *Up) stateOptions() state.Options {
	if u.o.Bus == nil {
		return state.Options{}
	}
	return state.Options{Name: u.o.Bus.Name, Replicas: u.o.Bus.Replicas}
}

// Bus is where the bus is, without users; "" where it is in the data directory.
func (u *Up) Bus() string {
	if u.o.Bus == nil {
		return ""
	}
	return bus.Hosts(u.o.Bus.URL)
}

// keyName is under which the fingerprint of the redaction key is kept, and
// hubLease what the one who judges and stores holds.
const (
	keyName    = "redaction"
	storeLease = "store"
)

func leasesBucket() state.BucketOptions {
	return state.BucketOptions{Name: "leases", About: "which process holds what"}
}

// joinInstallation makes sure that this process may work beside others on the
// same bus: that it has the same key for redaction, that all agree how the work
// is laid out, and that nobody else has what only one can have.
func (u *Up) joinInstallation(ctx context.Context) (layout, error) {
	common, err := u.kept.Bucket(ctx, state.BucketOptions{Name: "installation", About: "what all processes of an installation have in common"})
	if err != nil {
		return layout{}, err
	}
	if err := sameKey(ctx, common, u.key, filepath.Join(u.o.Dir, keyFile)); err != nil {
		return layout{}, err
	}
	bucket, err := u.kept.Bucket(ctx, leasesBucket())
	if err != nil {
		return layout{}, err
	}
	id := rand.Text()
	if u.store != nil {
		id = u.store.identity // nobody else can have opened it
	}
	u.leases = lease.NewBook(lease.Options{Bucket: bucket, ID: id, Name: processName(), TTL: u.o.Bus.TTL})
	u.run(ctx, "leases", u.leases.Run)
	plan, err := u.agree(ctx, common)
	if err != nil {
		return layout{}, err
	}
	if u.o.has(Storage) {
		if err := u.holdStore(ctx); err != nil {
			return layout{}, err
		}
	}
	u.run(ctx, "presence", func(ctx context.Context) error { return u.bePresent(ctx, id) })
	return plan, nil
}

// sameKey compares this process's key for redaction with that of the
// installation, of which the bus has a fingerprint, not the key: with another
// one the same secret would look like a different one.
func sameKey(ctx context.Context, common *state.Bucket, key []byte, file string) error {
	sum := sha256.Sum256(append([]byte("lynceus redaction key\x00"), key...))
	want := hex.EncodeToString(sum[:])
	_, err := common.Put(ctx, keyName, []byte(want), state.Absent, "lynceus")
	if !errors.Is(err, state.ErrConflict) {
		return err
	}
	e, err := common.Get(ctx, keyName)
	if err != nil {
		return err
	}
	if string(e.Value) != want {
		return fmt.Errorf("%s is not the key that the other processes on this bus redact with: copy theirs, from the data directory of the first that was started, here, and start again", file)
	}
	return nil
}

// holdStore takes the lease of the one who stores. What an earlier run of the
// same store held is taken at once.
func (u *Up) holdStore(ctx context.Context) error {
	deadline := time.Now().Add(2*u.leases.TTL() + time.Second)
	for {
		held, err := u.leases.Take(ctx, storeLease, nil)
		if err == nil {
			var now atomic.Pointer[lease.Lease]
			now.Store(held)
			u.onStop("lease", func() error { return handBack(now.Load()) })
			u.run(ctx, "lease", func(ctx context.Context) error { return u.keepStore(ctx, &now) })
			return nil
		}
		if !errors.Is(err, lease.ErrHeld) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("another lynceus stores the events of this bus (%w): stop it, or give this installation a --bus-name of its own", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(u.leases.TTL() / 10):
		}
	}
}

// keepStore takes the lease again when it was lost because the bus was out of
// reach, and ends with an error when somebody else has it.
func (u *Up) keepStore(ctx context.Context, now *atomic.Pointer[lease.Lease]) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-now.Load().Lost():
		}
		held, err := u.leases.Take(ctx, storeLease, nil)
		switch {
		case err == nil:
			now.Store(held)
		case errors.Is(err, lease.ErrHeld):
			return fmt.Errorf("another process stores the events of this bus now: %w", err)
		default:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(u.leases.TTL() / 10):
			}
		}
	}
}

// handBackTime bounds how long a server that stops waits for the bus.
const handBackTime = 5 * time.Second

// handBack hands a lease back, so that somebody else can have it at once. When
// that fails it ends by itself.
func handBack(l *lease.Lease) error {
	ctx, cancel := context.WithTimeout(context.Background(), handBackTime)
	defer cancel()
	return l.Return(ctx)
}

// processName is what other processes and people call this one.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
