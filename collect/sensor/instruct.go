//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/sieve"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
)

// Names in the object of what says which calls and files are told.
const (
	mapRecipes = "recipes"
	mapSieves  = "sieves"
	varWanted  = "wanted"
	varTurn    = "sieve_turn"
)

// Bits of the variable wanted.
const (
	wantedNative = 1
	wantedCompat = 2
)

// sieveCount is how many sieves a turn has, in their order: for opens that only read, and those that can write; of all that
// are told, and of those that are told by whatever name the file is opened.
const sieveCount = 4

// ErrOtherHooks says that a plan needs other hooks than those that are attached.
var ErrOtherHooks = errors.New("the plan needs other hooks: load a sensor for it")

// SetPlan has the sensor tell what another plan wants. It takes effect in the kernel without a gap: nothing that both
// plans want is lost. It returns ErrOtherHooks, and changes nothing, when the plan needs hooks that are not attached, or
// none of some that are. It may be called while Run works.
func (s *Sensor) SetPlan(p plan.Plan) error {
	p.Stop, p.Any = s.spec.Plan.Stop, s.spec.Plan.Any // neither is what to tell
	hooks, err := hooksFor(&p, s.spec.Proc)
	if err != nil {
		return err
	}
	if wantsMarks(&p) != s.changes.wanted() || !slices.EqualFunc(hooks, s.programs.hooks, func(a, b hook) bool { return a.program == b.program }) {
		return ErrOtherHooks
	}
	s.planning.Lock()
	defer s.planning.Unlock()
	if err := s.instruct(&p, s.rows.capture.Load()); err != nil {
		return err
	}
	s.rows.plan.Store(&p)
	return nil
}

// instruct writes what the plan wants into the kernel: first how each call is told, then which files go through, then
// which calls are looked at.
func (p *programs) instruct(pl *plan.Plan) error {
	wantsDNS := uint32(0)
	if pl.DNS {
		wantsDNS = 1
	}
	if err := p.collection.Variables[varDNS].Set(wantsDNS); err != nil {
		return fmt.Errorf("say whether questions for names are wanted: %w", err)
	}
	environment := uint32(min(len(pl.Environment), 1))
	if err := p.collection.Variables[varEnvironment].Set(environment); err != nil {
		return fmt.Errorf("say whether environments are wanted: %w", err)
	}
	if !HooksCalls(pl) {
		return nil
	}
	var wanted [syscalls.MaxNumber]uint8
	for _, name := range calls(pl) {
		c, _ := syscalls.Lookup(name)
		recipe := c.Recipe()
		if slices.Contains(syscalls.Opens(), name) {
			recipe = c.OpenRecipe(pl.Files.Failed)
		}
		if n, ok := syscalls.Number(name); ok {
			if err := p.recipe(n, recipe); err != nil {
				return err
			}
			wanted[n] |= wantedNative
		}
		for _, n := range syscalls.Compat(name) {
			if err := p.recipe(n+syscalls.MaxNumber, recipe); err != nil {
				return err
			}
			wanted[n] |= wantedCompat
		}
		if n, ok := syscalls.CompatWithin(name); ok {
			wanted[n] |= wantedCompat
		}
	}
	if err := p.sieves(pl); err != nil {
		return err
	}
	if err := p.collection.Variables[varWanted].Set(wanted); err != nil {
		return fmt.Errorf("say which calls are wanted: %w", err)
	}
	return nil
}

// calls returns the names of the calls that a plan needs and that are known. Opens are told if files are.
func calls(pl *plan.Plan) []string {
	out := slices.DeleteFunc(slices.Clone(pl.Calls), func(name string) bool {
		_, ok := syscalls.Lookup(name)
		return !ok || slices.Contains(syscalls.Opens(), name)
	})
	if !pl.Files.Read.Empty() || !pl.Files.Write.Empty() || !pl.Files.Climbing.Empty() {
		out = append(out, syscalls.Opens()...)
	}
	return out
}

func (p *programs) recipe(at uint32, r syscalls.Recipe) error {
	if err := p.collection.Maps[mapRecipes].Update(at, r, ebpf.UpdateAny); err != nil {
		return fmt.Errorf("say how calls are told: %w", err)
	}
	return nil
}

// sieves writes those that are not in use, and has them used.
func (p *programs) sieves(pl *plan.Plan) error {
	turn := p.collection.Variables[varTurn]
	var used uint32
	if err := turn.Get(&used); err != nil {
		return fmt.Errorf("which sieves are in use: %w", err)
	}
	next := used ^ 1
	for i, paths := range [sieveCount]plan.Paths{pl.Files.Opened(false), pl.Files.Opened(true), pl.Files.Plain(false), pl.Files.Plain(true)} {
		if err := p.collection.Maps[mapSieves].Update(next*sieveCount+uint32(i), sieve.New(&paths), ebpf.UpdateAny); err != nil {
			return fmt.Errorf("say which files are told: %w", err)
		}
	}
	if err := turn.Set(next); err != nil {
		return fmt.Errorf("have the new sieves used: %w", err)
	}
	return nil
}
