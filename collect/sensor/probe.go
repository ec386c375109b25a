//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/features"
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/guard"
	"github.com/lynceus-io/lynceus/event"
)

// Ability is something that a kernel can do, or this process may.
type Ability struct {
	Name string
	// Needed says that there is no sensor without it. The others are used where they are found.
	Needed bool
	// Err says why it is missing, nil when it is there.
	Err error
}

// Report is what Probe found.
type Report struct {
	Kernel    string // its release
	Cgroups   string // by what processes are grouped
	Abilities []Ability
	// Hooks is what the sensor attaches for its spec, with what each cost while it was measured; nil when it could not
	// be tried.
	Hooks []HookStats
	// Took is how long it took to load and attach the programs, Measured how long they were measured.
	Took, Measured time.Duration
}

// Able reports whether nothing that is needed is missing.
func (r *Report) Able() bool {
	for _, a := range r.Abilities {
		if a.Needed && a.Err != nil {
			return false
		}
	}
	return true
}

// Probe finds out whether a sensor can work here. It tries it, for as long as it may measure, and removes it again.
// It works without privileges, too, and says then what is missing. An error means that it could not find out.
func Probe(ctx context.Context, spec Spec, measure time.Duration) (*Report, error) {
	spec, err := spec.complete()
	if err != nil {
		return nil, err
	}
	report := &Report{Cgroups: grouping(spec.Proc)}
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return nil, fmt.Errorf("which kernel it is: %w", err)
	}
	report.Kernel = unix.ByteSliceToString(name.Release[:])
	_, err = btf.LoadKernelSpec()
	report.add("types of the kernel (BTF)", true, err)
	report.add("ring buffer", true, able("make one", features.HaveMapType(ebpf.RingBuf)))
	report.add("programs at functions of the kernel (fentry)", false, features.HaveProgramType(ebpf.Tracing))
	report.add("programs at security hooks (BPF LSM)", false, features.HaveProgramType(ebpf.LSM))
	report.add("kernel asks before programs start (fanotify)", false, guard.Able())
	report.add("sensor loads and attaches", true, report.try(ctx, spec, measure))
	return report, nil
}

// able explains why a feature was not found.
func able(what string, err error) error {
	if err == nil {
		return nil
	}
	return explain(what, err)
}

func (r *Report) add(name string, needed bool, err error) {
	r.Abilities = append(r.Abilities, Ability{name, needed, err})
}

// try attaches a sensor and lets the kernel measure it.
func (r *Report) try(ctx context.Context, spec Spec, measure time.Duration) (err error) {
	began := spec.Now()
	s, err := Load(spec)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	r.Took = spec.Now().Sub(began)
	counting, countErr := ebpf.EnableStats(unix.BPF_STATS_RUN_TIME)
	if countErr == nil {
		defer func() { err = errors.Join(err, counting.Close()) }()
	}
	r.add("kernel measures programs (CAP_SYS_ADMIN)", false, countErr)
	ctx, cancel := context.WithTimeout(ctx, measure)
	defer cancel()
	began = spec.Now()
	if err := s.Run(ctx, discard{}); err != nil {
		return err
	}
	r.Measured = spec.Now().Sub(began)
	stats, err := s.Stats()
	if err != nil {
		return err
	}
	r.Hooks = stats.Hooks
	return nil
}

// discard is a sink that wants nothing.
type discard struct{}

func (discard) Event(*event.Event) error { return nil }
func (discard) Idle() error              { return nil }

// grouping says by what processes are grouped.
func grouping(proc string) string {
	f, err := os.Open(proc + "/cgroups")
	if err != nil {
		return "version 2"
	}
	defer f.Close()
	switch name, err := controllerV1(f); {
	case err != nil:
		return "unknown"
	case name == "":
		return "version 2"
	default:
		return "version 1, by the controller " + name
	}
}
