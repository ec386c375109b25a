package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
)

// hub is the hub's process.
type hub struct {
	cmd       *exec.Cmd
	data, api string
	ended     chan error
	log       *os.File
}

// startHub starts a hub on loopback and waits until it can be asked.
func startHub(ctx context.Context, o *options, dir string) (*hub, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	gate, err := freeAddress()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "hub.log"))
	if err != nil {
		return nil, err
	}
	h := &hub{data: filepath.Join(dir, "data"), api: "http://" + listen, ended: make(chan error, 1), log: log}
	args := []string{"up", "--data", h.data, "--listen", listen, "--gate", gate, "--sensor", "off"}
	if o.rules != "" {
		args = append(args, "--rules", o.rules)
	}
	h.cmd = exec.Command(o.lynceus, args...)
	h.cmd.Stdout, h.cmd.Stderr = log, log
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := h.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the hub: %w; make build makes it", err)
	}
	go func() { h.ended <- h.cmd.Wait() }()
	deadline := time.Now().Add(30 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", listen, time.Second)
		if err == nil {
			return h, conn.Close()
		}
		select {
		case err := <-h.ended:
			return nil, fmt.Errorf("the hub ended: %v\n%s", err, h.tail())
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), h.stop())
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("the hub listens nowhere\n%s", h.tail()), h.stop())
		}
	}
}

// freeAddress returns an address of loopback where nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// token makes a token of a role.
func (h *hub) token(n token.New) (string, error) {
	store, err := token.Open(h.data, time.Now)
	if err != nil {
		return "", err
	}
	_, text, err := store.Create(n)
	return text, err
}

// tail is the end of what the hub said.
func (h *hub) tail() string {
	b, _ := os.ReadFile(h.log.Name())
	return string(b[max(0, len(b)-4000):])
}

// stop ends the hub.
func (h *hub) stop() error {
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-h.ended:
		if err != nil {
			return fmt.Errorf("the hub ended: %w\n%s", err, h.tail())
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the hub did not end in time"), h.cmd.Process.Kill())
	}
}

// usage is what the hub has used.
type usage struct {
	cpu           time.Duration
	resident, top int64 // bytes of memory now, and at most
}

// tick is the unit of processor time in /proc: USER_HZ is 100 on Linux.
const tick = 10 * time.Millisecond

// usage reads what the process has used, see proc(5).
func (h *hub) usage() (u usage, err error) {
	dir := fmt.Sprintf("/proc/%d/", h.cmd.Process.Pid)
	b, err := os.ReadFile(dir + "stat")
	if err != nil {
		return u, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	for _, i := range []int{11, 12} { // utime and stime
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return u, err
		}
		u.cpu += time.Duration(n) * tick
	}
	b, err = os.ReadFile(dir + "status")
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			u.resident = n << 10
		case "VmHWM:":
			u.top = n << 10
		}
	}
	return u, nil
}
