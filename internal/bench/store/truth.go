package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
)

// truth is what a store holds, counted while it is made: answers are compared
// with it.
type truth struct {
	Seed   uint64
	Events int64
	// Planted events: by the address they went to, by the address on either
	// side, by hash, by user and by command line.
	To, Address, Hash, User, Command int64
	Tables                           counter // by table
	Minutes                          counter // by time, in steps of five minutes: seconds since 1970
	Workloads                        counter // by namespace and workload
	Programs                         counter // processes, by namespace and path
	Hours                            counter // by table, namespace and hour
	// Latest are the latest times of a table, in nanoseconds and in order.
	Latest map[string][]int64

	key []byte
}

// latestKept is how many of the latest times a truth has at least.
const latestKept = 200

// step is that of the histogram.
const step = 5 * time.Minute

// counter counts by the words of a key.
type counter map[string]*int64

func (c counter) add(key []byte) {
	if n := c[string(key)]; n != nil {
		*n++
		return
	}
	n := int64(1)
	c[string(key)] = &n
}

// get returns what was counted under words.
func (c counter) get(words ...string) int64 {
	var key []byte
	for _, w := range words {
		key = append(append(key, w...), '\t')
	}
	if n := c[string(key)]; n != nil {
		return *n
	}
	return 0
}

// top returns the n highest counts.
func (c counter) top(n int) []int64 {
	out := make([]int64, 0, len(c))
	for _, v := range c {
		out = append(out, *v)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out[:min(n, len(out))]
}

func newTruth(seed uint64) *truth {
	return &truth{Seed: seed, Tables: counter{}, Minutes: counter{}, Workloads: counter{}, Programs: counter{}, Hours: counter{}, Latest: map[string][]int64{}}
}

// add counts an event.
func (t *truth) add(e *event.Event) {
	t.Events++
	table, at := e.Class.String(), event.Time.Get(e)
	namespace := event.K8sNamespace.Get(e)
	t.count(t.Tables, table)
	t.count(t.Workloads, namespace, event.K8sWorkload.Get(e))
	t.countAt(t.Minutes, at/int64(step)*int64(step/time.Second))
	t.countAt(t.Hours, at/int64(time.Hour), table, namespace)
	if e.Class == event.ClassProcess {
		t.count(t.Programs, namespace, event.ProcessFilePath.Get(e))
	}
	latest := append(t.Latest[table], at)
	if len(latest) > 64*latestKept {
		latest = trim(latest)
	}
	t.Latest[table] = latest
	to, from := event.DstEndpointIP.Get(e) == synth.PlantedAddress, event.SrcEndpointIP.Get(e) == synth.PlantedAddress
	for n, is := range map[*int64]bool{
		&t.To: to, &t.Address: to || from, &t.Hash: event.ProcessFileHashSHA256.Get(e) == synth.PlantedHash,
		&t.User: event.ActorUserName.Get(e) == synth.PlantedUser, &t.Command: event.ProcessCmdLine.Get(e) == synth.PlantedCommand,
	} {
		if is {
			*n++
		}
	}
}

func (t *truth) count(c counter, words ...string) {
	t.key = t.key[:0]
	for _, w := range words {
		t.key = append(append(t.key, w...), '\t')
	}
	c.add(t.key)
}

func (t *truth) countAt(c counter, at int64, words ...string) {
	t.key = t.key[:0]
	for _, w := range words {
		t.key = append(append(t.key, w...), '\t')
	}
	t.key = append(strconv.AppendInt(t.key, at, 10), '\t')
	c.add(t.key)
}

// trim keeps the latest of times, in order.
func trim(times []int64) []int64 {
	slices.Sort(times)
	return append(times[:0], times[max(0, len(times)-latestKept):]...)
}

// loadTruth reads the truth of an earlier run; nil when there is none.
func loadTruth(name string, seed uint64) (*truth, error) {
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := newTruth(seed)
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if t.Seed != seed {
		return nil, fmt.Errorf("%s is of seed %d; give -seed %d or another directory", name, t.Seed, t.Seed)
	}
	return t, nil
}

func (t *truth) save(name string) error {
	for table, times := range t.Latest {
		t.Latest[table] = trim(times)
	}
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".tmp", b, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}
