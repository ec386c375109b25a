//go:build linux

package sensor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// made is what a sensor has made in the kernel, and who guards for it.
type made struct {
	Programs []ebpf.ProgramID
	Maps     []ebpf.MapID
	Links    []link.ID
	Guard    int
	Watched  int
}

// everything is what a sensor has made.
func everything(s *Sensor) (*made, error) {
	m := &made{}
	for _, p := range s.programs.collection.Programs {
		info, err := p.Info()
		if err != nil {
			return nil, err
		}
		id, _ := info.ID()
		m.Programs = append(m.Programs, id)
	}
	for _, one := range s.programs.collection.Maps {
		info, err := one.Info()
		if err != nil {
			return nil, err
		}
		id, _ := info.ID()
		m.Maps = append(m.Maps, id)
	}
	for _, l := range s.programs.links {
		if info, err := l.Info(); err == nil {
			m.Links = append(m.Links, info.ID)
		}
	}
	stats, _ := s.enforcer.GuardStats()
	m.Guard, m.Watched = stats.PID, stats.Counts.Watched
	return m, nil
}

// left lists what is still there.
func (m *made) left() (out []string) {
	for _, id := range m.Programs {
		if p, err := ebpf.NewProgramFromID(id); !errors.Is(err, fs.ErrNotExist) {
			out = append(out, fmt.Sprintf("program %d: %v", id, err))
			p.Close()
		}
	}
	for _, id := range m.Maps {
		if p, err := ebpf.NewMapFromID(id); !errors.Is(err, fs.ErrNotExist) {
			out = append(out, fmt.Sprintf("map %d: %v", id, err))
			p.Close()
		}
	}
	for _, id := range m.Links {
		if l, err := link.NewFromID(id); !errors.Is(err, fs.ErrNotExist) {
			out = append(out, fmt.Sprintf("link %d: %v", id, err))
			if err == nil {
				l.Close()
			}
		}
	}
	infos, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", m.Guard))
	for _, name := range infos {
		if text, _ := os.ReadFile(name); strings.Contains(string(text), "fanotify ") {
			out = append(out, name)
		}
	}
	return out
}

// helpStopper runs a sensor with a policy, for the container and the pod that its arguments name, until it is killed. It
// writes what it has made when its guard watches the container.
func helpStopper(args []string) error {
	set, err := enforce.Parse("policies.yaml", []byte(args[0]))
	if err != nil {
		return err
	}
	names := container.Names{Container: "main", Namespace: "shop", Pod: "web-1", PodUID: args[2]}
	s, err := Load(Spec{Policies: set, Guard: self("guard"), Runtime: pods{map[string]container.Names{args[1]: names}}})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background(), discard{}) }()
	for {
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Millisecond):
		}
		m, err := everything(s)
		if err != nil {
			return err
		}
		if m.Watched == 1 {
			if err := json.NewEncoder(os.Stdout).Encode(m); err != nil {
				return err
			}
			return <-ended
		}
	}
}

// TestNothingIsLeft kills a sensor that stops programs in every way there is: nothing is stopped any more, and the kernel
// has nothing of it.
func TestNothingIsLeft(t *testing.T) {
	c := newContainer(t)
	root := overlay(t)
	miner := filepath.Join(root, "miner")
	sensortest.Program(t, miner, sensortest.Writes())
	sensortest.Program(t, filepath.Join(root, "bad"), sensortest.Writes())
	sensortest.Program(t, filepath.Join(root, "wait"), sensortest.Waits())
	server, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	waiting := c.in(root, "/wait")
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		waiting.Process.Kill()
		waiting.Wait()
	})
	text := `{policies: [
		{name: kill, mode: enforce, action: kill-process, pods: [{namespace: shop}], match: {names: [miner]}},
		{name: deny, mode: enforce, action: deny-exec, pods: [{namespace: shop}], match: {paths: [/bad]}},
		{name: refuse, mode: enforce, action: deny-connect, pods: [{namespace: shop}], match: {connect: [{cidr: 127.0.0.0/24}]}},
	]}`
	stopper := helper("stopper", text, c.id, c.pod)
	stopper.Stderr = os.Stderr
	out, err := stopper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stopper.Start(); err != nil {
		t.Fatal(err)
	}
	defer stopper.Process.Kill()
	var m made
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if len(m.Programs) == 0 || len(m.Maps) == 0 || len(m.Links) == 0 || m.Guard == 0 || len(m.left()) != len(m.Programs)+len(m.Maps)+len(m.Links)+1 {
		t.Fatalf("made %+v; of that there is %q", m, m.left())
	}
	// effects returns which of the three are in force.
	effects := func() (out [3]bool) {
		text, signal := ran(t, c.in(root, "/miner"))
		out[0] = text == "" && signal == syscall.SIGKILL
		text, _ = ran(t, c.in(root, "/bad"))
		out[1] = strings.Contains(text, "operation not permitted")
		text, _ = ran(t, c.command(self("try", "tcp", server.Addr().String())...))
		out[2] = text == "operation not permitted"
		return out
	}
	if got := effects(); got != [3]bool{true, true, true} {
		t.Errorf("in force: %v", got)
	}
	if err := stopper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	stopper.Wait()
	left := m.left()
	for began := time.Now(); len(left) > 0 && time.Since(began) < patience; left = m.left() {
		time.Sleep(5 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if got := effects(); got != [3]bool{} {
		t.Errorf("still in force: %v", got)
	}
}
