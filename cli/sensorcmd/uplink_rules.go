//go:build linux

package sensorcmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

// rulesName is the file of what the hub said last, below the state's directory.
const rulesName = "rules.json"

// hubRules are the rules that the hub gave, on the disk so that they are judged again from the start.
type hubRules struct {
	path    string
	observe func(*node.Judge) // has a judge judge from now on

	mu   sync.Mutex
	set  peer.RuleSet
	base plan.Plan // what is observed besides
}

// judged are rules as they are judged.
type judged struct {
	judge *node.Judge // nil without rules
	plan  plan.Plan   // what they need to have observed
	state peer.RuleState
}

// version names the set that is in force.
func (r *hubRules) version() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set.Version
}

// load returns who judges what was kept, nil where that is nothing or cannot be judged, and adds to a plan what it needs,
// and room for rules to come.
func (r *hubRules) load(p *plan.Plan) (*node.Judge, error) {
	p.Any = true
	r.base = *p
	b, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // none is what there is
	}
	var set peer.RuleSet
	if err == nil {
		err = json.Unmarshal(b, &set)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.path, err)
	}
	j, err := judgeOf(&set)
	if err != nil {
		return nil, err
	}
	p.Add(j.plan)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set = set
	return j.judge, nil
}

// replace has rules judged in place of those there are, once apply has seen to it that what they need is observed, and
// keeps them. Ones that are broken, or cannot be kept, change nothing.
func (r *hubRules) replace(set *peer.RuleSet, apply func(plan.Plan) error) (*peer.RuleState, error) {
	j, err := judgeOf(set)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("keep rules: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	next := r.path + ".next"
	if err := writeForced(next, b); err != nil {
		return nil, fmt.Errorf("keep rules: %w", err)
	}
	wanted := plan.Plan{}
	wanted.Add(r.base)
	wanted.Add(j.plan)
	if err := apply(wanted); err != nil {
		return nil, errors.Join(err, os.Remove(next))
	}
	r.observe(j.judge)
	if err := os.Rename(next, r.path); err != nil {
		return nil, fmt.Errorf("the rules are judged, but not kept: %w", err)
	}
	r.set = *set
	debug.FreeOSMemory() // reading rules takes several times what is kept of them
	return &j.state, nil
}

// judgeOf reads the rules of a set. Those that are off feed correlations all the same.
func judgeOf(set *peer.RuleSet) (*judged, error) {
	all, err := peer.Unpack(set.Packed)
	if err != nil {
		return nil, err
	}
	out := &judged{state: peer.RuleState{Version: set.Version}}
	if len(all) == 0 {
		return out, nil
	}
	var texts []files.File
	for _, name := range slices.Sorted(maps.Keys(all)) {
		texts = append(texts, files.File{Name: name, Text: all[name]})
	}
	loaded := load.Texts(texts...)
	if n := len(loaded.Errors); n > 0 {
		return nil, fmt.Errorf("%d rules are broken, the first: %s", n, loaded.Errors[0].Detail())
	}
	for _, r := range loaded.Rules {
		r.Silent = r.Silent || slices.Contains(set.Off, r.ID)
	}
	judge, left, err := newJudge(loaded.Rules)
	if err != nil {
		return nil, err
	}
	out.judge = judge
	out.plan, _ = need.All(judge.Rules())
	out.state.Rules, out.state.Left = countRules(judge.Rules()), countLeft(left)
	return out, nil
}
