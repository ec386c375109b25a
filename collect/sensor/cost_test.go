//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/internal/require"
)

// usual is about what the rules of a node ask for.
var usual = plan.Plan{
	Files: plan.Files{
		Read: plan.Paths{
			Prefixes:    []string{"/etc/shadow", "/etc/sudoers", "/etc/pam.d/", "/etc/security/", "/root/.ssh", "/proc/sys/kernel/core_pattern", "/etc/kubernetes/", "/var/lib/kubelet/pki/", "/var/run/secrets/kubernetes.io/", "/run/secrets/", "/root/.aws/", "/root/.kube/"},
			Names:       []string{"environ", "authorized_keys", "docker.sock", "containerd.sock", "id_ecdsa", "id_ed25519", ".bash_history", "credentials", "mem"},
			Directories: []string{".ssh", ".aws", ".kube", "serviceaccount"}, Contains: []string{"id_rsa"},
		},
		Write: plan.Paths{
			Prefixes: []string{"/etc/", "/root/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/dev/", "/var/log/", "/var/spool/cron", "/proc/sys/"},
			Names:    []string{"release_agent", "core_pattern", "authorized_keys"}, Suffixes: []string{".so", "_history", ".php"}, Directories: []string{".ssh"},
		},
	},
	Calls: []string{"ptrace", "setns", "unshare", "mount", "init_module", "finit_module", "bpf", "memfd_create", "setuid", "symlink", "symlinkat", "link", "linkat", "dup2", "dup3", "chmod", "fchmod", "fchmodat", "connect"},
}

// BenchmarkCost measures what hooks cost those who call: each run without, with an empty hook and with the sensor, one
// after the other, and gives the median ratios. Run it on a machine that does nothing else, with -benchtime 15x.
func BenchmarkCost(b *testing.B) {
	require.BPF(b)
	dir, err := os.MkdirTemp("", "lynceus-load")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	var names [64][]byte
	for i := range names {
		name := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(name, []byte("hello"), 0o644); err != nil {
			b.Fatal(err)
		}
		names[i] = append([]byte(name), 0)
	}
	loads := []struct {
		name string
		run  func(n int)
		n    int
	}{
		{"open-read-close", func(n int) {
			var buf [64]byte
			for i := range n {
				fd, _, _ := unix.RawSyscall(unix.SYS_OPENAT, ^uintptr(99), uintptr(unsafe.Pointer(&names[i&63][0])), unix.O_RDONLY)
				unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&buf[0])), 64)
				unix.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
			}
		}, 50_000},
		{"getppid", func(n int) {
			for range n {
				unix.RawSyscall(unix.SYS_GETPPID, 0, 0, 0)
			}
		}, 500_000},
	}
	states := []struct {
		name   string
		attach func() (io.Closer, error)
	}{
		{"none", func() (io.Closer, error) { return closers{}, nil }},
		{"empty", AttachEmpty},
		{"sensor", hooked(b, usual)},
	}
	for _, load := range loads {
		b.Run(load.name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			took := make([][]float64, len(states))
			for b.Loop() {
				for i, state := range states {
					c, err := state.attach()
					if err != nil {
						b.Fatal(err)
					}
					load.run(load.n / 10)
					best := time.Duration(1 << 62)
					for range 5 {
						began := worked(b)
						load.run(load.n / 5)
						best = min(best, worked(b)-began)
					}
					took[i] = append(took[i], float64(best)/float64(load.n/5))
					if err := c.Close(); err != nil {
						b.Fatal(err)
					}
				}
			}
			for i, state := range states {
				b.ReportMetric(median(took[i]), state.name+"-ns")
				for j := range i {
					ratios := make([]float64, len(took[i]))
					for k := range ratios {
						ratios[k] = took[i][k] / took[j][k]
					}
					b.ReportMetric(median(ratios), state.name+"/"+states[j].name)
				}
			}
		})
	}
}

// worked returns how long this thread has run, in the kernel and outside.
func worked(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// hooked returns what hooks system calls for a plan, by programs that are loaded once.
func hooked(b *testing.B, p plan.Plan) func() (io.Closer, error) {
	s, err := Load(Spec{Plan: p})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, discard{}) }()
	b.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, s.Close()); err != nil {
			b.Error(err)
		}
	})
	for i, h := range s.programs.hooks {
		if h.program == "lynceus_call" {
			if err := s.programs.links[i].Close(); err != nil {
				b.Fatal(err)
			}
			s.programs.links = slices.Delete(s.programs.links, i, i+1)
			return func() (io.Closer, error) { return h.attach(s.programs.collection.Programs[h.program]) }
		}
	}
	b.Fatal("the plan needs no hook")
	return nil
}
