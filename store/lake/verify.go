package lake

import (
	"context"
	"errors"
	"fmt"
)

// Verify reads every segment and compares checksums, as Options.Verify does
// at the start. Those that are damaged are set aside and returned.
func (l *Lake) Verify(ctx context.Context) ([]Aside, error) {
	if err := l.writable(); err != nil {
		return nil, err
	}
	var out []Aside
	for _, s := range l.all() {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		problem := l.checkData(s, true)
		if problem == nil {
			continue
		}
		if !errors.Is(problem, errDamaged) {
			return out, fmt.Errorf("looking at segment %s: %w", s.name, problem)
		}
		a, err := l.quarantine(ctx, s, problem.Error())
		if err != nil {
			return out, err
		}
		if a != nil {
			out = append(out, *a)
		}
	}
	return out, nil
}
