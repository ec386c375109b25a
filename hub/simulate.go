package hub

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Simulation is what an audit policy would have left of a log, and of what is
// found in it.
type Simulation struct {
	Meter *policy.Meter
	// Full and Kept are the results of scanning the whole log and what the
	// policy leaves of it.
	Full, Kept *report.Result
	// Lost are the findings of the whole log that are not made of what is
	// left, Weaker those that are made there with a lower severity, New those
	// that are made only there, such as one that a fact which is not recorded
	// any more would have prevented. Each in order of severity.
	Lost, Weaker []Cost
	New          []*detect.Finding
}

// Cost is a finding of the whole log that is lost or less severe.
type Cost struct {
	Finding *detect.Finding
	// Now is its severity with less recorded, 0 where it is lost.
	Now rule.Severity
}

// Costs are the findings that are lost, then those that are less severe.
func (s *Simulation) Costs() []Cost { return slices.Concat(s.Lost, s.Weaker) }

// Simulate applies an audit policy to recorded logs and compares what is
// found in them with what is found in the rest. Standard input cannot be
// among the files, since they are read twice. Errors are those of Scan.
func Simulate(ctx context.Context, o ScanOptions, p *policy.Policy) (*Simulation, error) {
	if o.Key == nil {
		o.Key = redact.NewKey()
	}
	o.AuditIDs = -1
	s := &Simulation{}
	var err error
	if s.Full, err = Scan(ctx, o); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from, to := io.Pipe()
	measured := make(chan error, 1)
	go func() {
		var err error
		s.Meter, err = Measure(ctx, o, p, to)
		measured <- err
		to.CloseWithError(err)
	}()
	kept := o
	kept.Files, kept.Stdin = []string{"-"}, from
	s.Kept, err = Scan(ctx, kept)
	from.CloseWithError(io.ErrClosedPipe)
	if measureErr := <-measured; measureErr != nil && !errors.Is(measureErr, io.ErrClosedPipe) {
		return nil, measureErr
	}
	switch {
	case errors.Is(err, audit.ErrNoLog): // nothing is left
		s.Kept = &report.Result{}
	case err != nil:
		return nil, fmt.Errorf("scan what the policy leaves: %w", err)
	}
	s.compare()
	return s, nil
}

// Measure applies an audit policy to recorded logs and writes what it leaves
// of them to w, one event a line, in order of time. Secrets in what is written
// are redacted as everywhere; sizes are those of the redacted text.
func Measure(ctx context.Context, o ScanOptions, p *policy.Policy, w io.Writer) (m *policy.Meter, err error) {
	r, err := audit.Open(ctx, o.Files, audit.Options{Workers: o.Workers, Since: o.Since, Until: o.Until, Key: o.Key, Stdin: o.Stdin})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	m = policy.NewMeter(p)
	var line bytes.Buffer
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		doc, err := m.Apply(rec.Event)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", rec.Source, rec.Line, err)
		}
		if doc == nil {
			continue
		}
		line.Reset()
		line.Write(doc)
		line.WriteByte('\n')
		if _, err := w.Write(line.Bytes()); err != nil {
			return nil, err
		}
	}
}

// compare fills in what is different.
func (s *Simulation) compare() {
	for _, f := range s.Full.Findings {
		switch now := same(f, s.Kept.Findings); {
		case now == nil:
			s.Lost = append(s.Lost, Cost{Finding: f})
		case now.Severity < f.Severity:
			s.Weaker = append(s.Weaker, Cost{f, now.Severity})
		}
	}
	for _, f := range s.Kept.Findings {
		if same(f, s.Full.Findings) == nil {
			s.New = append(s.New, f)
		}
	}
	for _, list := range [][]Cost{s.Lost, s.Weaker} {
		slices.SortStableFunc(list, func(a, b Cost) int { return moreSevere(a.Finding, b.Finding) })
	}
	slices.SortStableFunc(s.New, moreSevere)
}

func moreSevere(a, b *detect.Finding) int { return cmp.Compare(b.Severity, a.Severity) }

// same returns the finding that says the same: that of the same id, else, since
// a target may stand in a body, the most severe of the same rule about one of
// the same requests; nil for none.
func same(f *detect.Finding, among []*detect.Finding) *detect.Finding {
	var best *detect.Finding
	for _, x := range among {
		if x.ID == f.ID {
			return x
		}
		if x.Rule.ID != f.Rule.ID || best != nil && best.Severity >= x.Severity {
			continue
		}
		if slices.ContainsFunc(x.AuditIDs, func(id string) bool { return slices.Contains(f.AuditIDs, id) }) {
			best = x
		}
	}
	return best
}
