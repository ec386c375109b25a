//go:build linux

package sensorcmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
)

// maxPolicyFile is how much of a policy file is read: more than it may have, so that one that is too long is refused.
const maxPolicyFile = 2 << 20

// readPolicies reads a policy file; no name is no policies.
func readPolicies(name string) (*enforce.Set, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("--policy: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPolicyFile))
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	set, err := enforce.Parse(name, text)
	if err != nil {
		return nil, &usageError{err}
	}
	return set, nil
}

// rereads has the policies read again at each SIGHUP until the answer is called. A file that is wrong changes nothing.
func (a *app) rereads(ctx context.Context, s *sensor.Sensor, name string) (stop func()) {
	if name == "" {
		return func() {}
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			}
			set, err := readPolicies(name)
			if err == nil {
				err = s.SetPolicies(set)
			}
			if err != nil {
				a.say("the policies stay as they were: %v", err)
				continue
			}
			a.say("%d policies are in force", len(set.Policies))
		}
	}()
	return func() {
		signal.Stop(hangups)
		cancel()
		<-done
	}
}
