package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestPersist(t *testing.T) {
	failure := errors.New("no route to the archive")
	for _, tt := range []struct{ failures, calls int }{{0, 1}, {1, 2}, {3, 4}, {9, 4}} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			calls := 0
			err := persist(t.Context(), &log, func() error {
				if calls++; calls <= tt.failures {
					return failure
				}
				return nil
			})
			if calls != tt.calls || (err != nil) != (tt.failures >= tt.calls) {
				t.Errorf("%d failures: %d calls, %v", tt.failures, calls, err)
			}
			if got := strings.Count(log.String(), failure.Error()); got != tt.calls-1 {
				t.Errorf("%d failures are told %d times", tt.failures, got)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := 0
	if err := persist(ctx, new(strings.Builder), func() error { calls++; return failure }); !errors.Is(err, failure) || calls != 1 {
		t.Errorf("after the end: %d calls, %v", calls, err)
	}
}
