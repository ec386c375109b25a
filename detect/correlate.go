package detect

import (
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// correlation joins matches of other rules, compiled. docs/correlation.md
// says what each kind does.
type correlation struct {
	plan *plan
	def  *rule.Correlation
	kind correlationKind
	span int64 // nanoseconds
	legs []*parent
	// slots are what it wants to know of a match: first the values that it
	// groups by, then what it counts, what its novelty asks, and what other
	// correlations want of its own matches.
	slots   []slot
	groupBy int   // how many of them it groups by
	field   []int // slots of what it counts
	// compare are its numeric conditions.
	compare []comparison
	need    int // of a sliding count: how many satisfy them
	order   order
	groups  map[string]*group
}

// correlationKind is how windows work.
type correlationKind uint8

const (
	slidingCount    correlationKind = iota // as soon as so many are in a window
	slidingDistinct                        // as soon as so many different values are
	slidingSum                             // as soon as their sum is
	closing                                // what a window has come to when it ends
	temporal                               // as soon as all that is asked for is in a window
	temporalOrdered                        // likewise, in order
)

// parent is the place of a rule in a correlation.
type parent struct {
	c   *correlation
	leg int
	// rule is that of the place; from says for each slot of c where its value
	// stands: in plan.values of a rule, in the slots of a correlation.
	rule *plan
	from []int
}

// slot is a value that a correlation wants: a name of its own, or a field.
type slot struct {
	name string
	ref  event.Ref
}

// compileCorrelations makes the correlations among plans, in an order in
// which each comes after those it refers to.
func (b *planner) compileCorrelations(plans []*plan) error {
	byID := map[string]*plan{}
	for _, p := range plans {
		if byID[p.rule.ID] == nil {
			byID[p.rule.ID] = p
		}
	}
	var errs []error
	state := map[*plan]int{} // 1: being made, 2: done
	var visit func(p *plan) error
	visit = func(p *plan) error {
		if p.rule.Correlation == nil || state[p] == 2 {
			return nil
		}
		if state[p] == 1 {
			return errors.New("it refers to itself, in the end")
		}
		state[p] = 1
		defer func() { state[p] = 2 }()
		var legs []*plan
		for _, name := range p.rule.Correlation.Rules {
			leg := byID[name]
			if leg == nil {
				return fmt.Errorf("there is no rule with id %q", name)
			}
			if err := visit(leg); err != nil {
				return err
			}
			legs = append(legs, leg)
		}
		return b.correlate(p, legs)
	}
	for _, p := range plans {
		if err := visit(p); err != nil {
			errs = append(errs, fmt.Errorf("%s: correlation %q: %w", p.rule.Source, p.rule.Title, err))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return nil
}

// correlate compiles one correlation, whose legs are compiled.
func (b *planner) correlate(p *plan, legs []*plan) error {
	def := p.rule.Correlation
	c := &correlation{plan: p, def: def, span: int64(def.Timespan), groups: map[string]*group{}}
	p.correlation = c
	if c.span <= 0 {
		return errors.New("it has no timespan")
	}
	if len(legs) == 0 {
		return errors.New("it refers to no rule")
	}
	if ext := p.rule.Ext; ext != nil && (len(ext.Actor) > 0 || len(ext.Target) > 0) {
		return errors.New("actor and target cannot be set: the findings of a correlation are told apart by its group-by")
	}
	highest := rule.Severity(0)
	for i, leg := range legs {
		place := &parent{c: c, leg: i, rule: leg}
		if c.legs = append(c.legs, place); !p.rule.Disabled {
			leg.parents = append(leg.parents, place)
		}
		highest = max(highest, leg.severity)
	}
	if p.rule.Severity == 0 {
		p.severity = highest
	}
	if err := c.setKind(); err != nil {
		return err
	}
	for _, name := range def.GroupBy {
		if _, err := c.slotOf(slot{name: name}); err != nil {
			return err
		}
	}
	c.groupBy = len(c.slots)
	for _, name := range def.Field {
		i, err := c.slotOf(slot{name: name})
		if err != nil {
			return err
		}
		c.field = append(c.field, i)
	}
	for i := range p.novelties {
		if err := c.noveltySlots(p, i); err != nil {
			return err
		}
	}
	for i := range p.adjusts {
		if p.adjusts[i].tree != none {
			return errors.New("an adjustment of a correlation cannot have a condition: there is no single event to judge")
		}
	}
	return nil
}

// setKind decides how windows work and checks that the definition is whole.
func (c *correlation) setKind() error {
	def := c.def
	rising := len(def.Conditions) > 0
	for _, cond := range def.Conditions {
		rising = rising && (cond.Op == expr.OpGt || cond.Op == expr.OpGe)
	}
	c.kind = closing
	c.compare = c.comparisons()
	c.need = need(c.compare)
	switch def.Type {
	case rule.Temporal, rule.TemporalOrdered:
		c.kind = temporal
		if def.Type == rule.TemporalOrdered {
			c.kind = temporalOrdered
		}
		return c.setOrder()
	case rule.EventCount:
		if rising {
			c.kind = slidingCount
		}
	case rule.ValueCount:
		if rising {
			c.kind = slidingDistinct
		}
	case rule.ValueSum:
		if rising {
			c.kind = slidingSum
		}
	case rule.ValueAvg, rule.ValueMedian:
	case rule.ValuePercentile:
		if def.Percentile < 0 || def.Percentile > 100 {
			return fmt.Errorf("percentile %v is not between 0 and 100", def.Percentile)
		}
	default:
		return fmt.Errorf("there is no correlation type %q", def.Type)
	}
	if len(def.Absent) > 0 {
		return fmt.Errorf("absent rules need a temporal correlation, not %s", def.Type)
	}
	if len(def.Conditions) == 0 {
		return fmt.Errorf("%s has no condition", def.Type)
	}
	if def.Type != rule.EventCount && len(def.Field) == 0 {
		return fmt.Errorf("%s names no field", def.Type)
	}
	return nil
}

// slotOf returns the index of a slot, adding it here and, where legs are
// correlations, there too.
func (c *correlation) slotOf(s slot) (int, error) {
	for i := range c.slots {
		if c.slots[i] == s {
			return i, nil
		}
	}
	c.slots = append(c.slots, s)
	for _, leg := range c.legs {
		at, err := leg.find(s)
		if err != nil {
			return 0, err
		}
		leg.from = append(leg.from, at)
	}
	return len(c.slots) - 1, nil
}

// find returns where a rule has the value that its correlation wants.
func (l *parent) find(s slot) (int, error) {
	if s.name != "" {
		if alias, ok := l.c.def.Aliases[s.name]; ok {
			field, ok := alias[l.rule.rule.ID]
			if !ok {
				return 0, fmt.Errorf("alias %s says no field of rule %q", s.name, l.rule.rule.Title)
			}
			s.name = field
		}
	}
	if inner := l.rule.correlation; inner != nil {
		return inner.slotOf(s)
	}
	ref := s.ref
	if s.name != "" {
		var ok bool
		if ref, ok = l.rule.rule.Resolve(s.name); !ok {
			return 0, fmt.Errorf("rule %q has no field %s", l.rule.rule.Title, s.name)
		}
	}
	return l.rule.valueOf(ref), nil
}

// valueOf returns the index of ref among the values that correlations want of
// a rule's matches.
func (p *plan) valueOf(ref event.Ref) int {
	for i, r := range p.valueRefs {
		if r == ref {
			return i
		}
	}
	p.valueRefs = append(p.valueRefs, ref)
	p.contextual = p.contextual || isContextual(ref)
	return len(p.valueRefs) - 1
}

// noveltySlots adds what a novelty of a correlation asks about.
func (c *correlation) noveltySlots(p *plan, i int) error {
	n := &p.novelties[i]
	for _, ref := range append(append([]event.Ref(nil), n.withinRefs...), n.keyRefs...) {
		at, err := c.slotOf(slot{ref: ref})
		if err != nil {
			return err
		}
		n.slots = append(n.slots, at)
	}
	return nil
}
