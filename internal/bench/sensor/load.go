//go:build linux

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// load is what a program does so many times.
type load struct {
	name string
	n    int
}

// compile compiles the load and returns the program's path.
func compile(ctx context.Context, source, dir string) (string, error) {
	program := filepath.Join(dir, "load")
	if out, err := exec.CommandContext(ctx, "cc", "-O2", "-Wall", "-o", program, source).CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile %s: %w\n%s", source, err, out)
	}
	return program, nil
}

// took is what a load took.
type took struct{ wall, cpu time.Duration }

// run runs the load once.
func (l load) run(ctx context.Context, program, dir string) (t took, err error) {
	out, err := exec.CommandContext(ctx, program, l.name, strconv.Itoa(l.n), dir).Output()
	if err != nil {
		return t, fmt.Errorf("run the load: %w", err)
	}
	var wall, cpu float64
	if _, err := fmt.Sscan(string(out), &wall, &cpu); err != nil {
		return t, fmt.Errorf("the load printed %q: %w", out, err)
	}
	return took{time.Duration(wall * float64(time.Second)), time.Duration(cpu * float64(time.Second))}, nil
}

// guest is what is there while a load runs.
type guest interface {
	// cpu is the processor time that it has used by itself.
	cpu() (time.Duration, error)
	// end takes it away and says what it was like.
	end() (account, error)
}

// account is what a guest says at its end.
type account struct {
	lost, shed int64
	memory     int64 // the most that it had, in bytes
	seen       int64 // programs of the load
}

// setting is a guest that can be had.
type setting struct {
	name  string
	tells bool // of each program that runs
	begin func(context.Context) (guest, error)
}

// result is one run of a load under one setting.
type result struct {
	load    load
	setting string
	round   int
	took
	account
	guest time.Duration // processor time of the guest
}

// drain is how long a guest may work after the load before its processor time is read.
const drain = 300 * time.Millisecond

// measure runs a load under a setting.
func measure(ctx context.Context, s *setting, l load, program, dir string) (r result, err error) {
	g, err := s.begin(ctx)
	if err != nil {
		return r, err
	}
	r = result{load: l, setting: s.name}
	before, err := g.cpu()
	if err == nil {
		r.took, err = l.run(ctx, program, dir)
	}
	if err == nil {
		time.Sleep(drain)
		r.guest, err = g.cpu()
		r.guest -= before
	}
	var endErr error
	if r.account, endErr = g.end(); err == nil {
		err = endErr
	}
	return r, err
}

// idle is no guest at all.
type idle struct{}

func (idle) cpu() (time.Duration, error) { return 0, nil }
func (idle) end() (account, error)       { return account{}, nil }
