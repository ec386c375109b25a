package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/hub"
)

// beside appends more events, merges, and asks questions all the while, as a
// server does, and prints how much memory the process had and how long the
// questions took then.
func (s *store) beside(ctx context.Context, w, progress io.Writer, questions []question, events int64) error {
	e, err := engine(s.lake, s.dir)
	if err != nil {
		return err
	}
	defer e.Close()
	defer hub.SaveMemory()()
	m := watchMemory()
	grown := make(chan error, 1)
	var b built
	go func() {
		var err error
		b, err = s.grow(ctx, s.truth.Events+events, progress)
		grown <- err
	}()
	var times []time.Duration
	for i := 0; ; i++ {
		select {
		case err := <-grown:
			peak := m.end()
			if err != nil {
				return err
			}
			slices.Sort(times)
			fmt.Fprintf(w, "%d events appended and merged in %s (%.0f a second) beside %d questions one after another (median %s, slowest %s): at most %d MB\n",
				b.events, b.all.wall.Round(time.Second), per(b.events, b.all.wall), len(times), short(times[len(times)/2]), short(times[len(times)-1]), peak>>20)
			return nil
		default:
		}
		start := time.Now()
		if _, _, err := answer(ctx, e, questions[i%len(questions)].kql); err != nil {
			return errors.Join(err, <-grown)
		}
		times = append(times, time.Since(start))
	}
}
