package need

import (
	"maps"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

// Whatever a stock rule matches is in the plan that was made for it.
func TestWhatMatchesIsPlanned(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "falco-rules")
	r := load.Load(files.Path(filepath.Join(dir, "falco_rules.yaml")), files.Path(filepath.Join(dir, "falco-incubating_rules.yaml")), files.Path(filepath.Join(dir, "falco-sandbox_rules.yaml")))
	random := rand.New(rand.NewPCG(1, 2))
	matched := map[string]bool{}
	for _, m := range r.Rules {
		if m.Table != event.ClassFile && m.Table != event.ClassKernel && m.Table != event.ClassMemory && m.Table != event.ClassNetwork {
			continue
		}
		m.Disabled = false
		p := Of(m).Plan
		program, err := expr.NewProgram([]expr.Node{m.Expr}, expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := program.NewSubject()
		words := wordsOf(m)
		for range 3000 {
			e := someEvent(random, m, words)
			if s.Load(e); !program.Eval(s, 0) {
				continue
			}
			matched[m.Title] = true
			if !covers(&p, e) {
				t.Fatalf("%s: not in the plan %+v: %s %s %q", m.Title, p, event.SyscallName.Get(e), event.FilePath.Get(e), event.SyscallArguments.Get(e))
			}
		}
	}
	t.Logf("%d rules matched", len(matched))
	if len(matched) < 25 {
		t.Errorf("only %d rules matched any event: %v", len(matched), matched)
	}
}

// wordsOf returns the texts that a rule compares each field with.
func wordsOf(r *rule.Rule) map[event.Ref][]string {
	out := map[event.Ref][]string{}
	expr.EachPred(r.Expr, func(p *expr.Pred) {
		if p.Op != expr.OpExists && p.Op != expr.OpNull {
			out[p.Field] = append(out[p.Field], strings.NewReplacer("*", "x", "?", "y").Replace(p.Text))
		}
	})
	return out
}

// someEvent makes an event out of the words of a rule.
func someEvent(random *rand.Rand, r *rule.Rule, words map[event.Ref][]string) *event.Event {
	e := &event.Event{Class: r.Table}
	var arguments []string
	for _, ref := range slices.SortedFunc(maps.Keys(words), func(a, b event.Ref) int { return strings.Compare(a.Name(), b.Name()) }) {
		if random.IntN(4) == 0 && ref.Field != event.SyscallName.ID() {
			continue
		}
		list := words[ref]
		text := list[random.IntN(len(list))]
		switch f := event.Lookup(ref.Field); {
		case ref.Field == event.SyscallArguments.ID():
			arguments = append(arguments, ref.Path+"="+decorated(random, text))
		case ref.Path != "" || f == nil:
		case ref.Field == event.SyscallName.ID() || ref.Field == event.FileType.ID() || ref.Field == event.Activity.ID():
			e.SetText(f.ID, text)
		case f.Type == event.TypeString || f.Type == event.TypeIP:
			e.SetText(f.ID, decorated(random, text))
		case f.Type == event.TypeBool:
			e.SetNumber(f.ID, int64(random.IntN(2)))
		case f.Type == event.TypeInt:
			e.SetNumber(f.ID, int64(random.IntN(8)-1))
		}
	}
	if r.Table == event.ClassFile {
		file := event.FilePath.Get(e)
		if folder := event.FileParentFolder.Get(e); folder != "" && random.IntN(2) == 0 {
			file = path.Join(folder, path.Base(file))
		}
		file = path.Clean("/" + file)
		event.FilePath.Set(e, file)
		event.FileName.Set(e, path.Base(file))
		event.FileParentFolder.Set(e, path.Dir(file))
		if random.IntN(2) == 0 {
			event.SyscallStatus.Set(e, "SUCCESS")
			event.FileDescriptor.Set(e, 3)
		} else {
			event.SyscallStatus.Set(e, "ENOENT")
			event.SyscallResult.Set(e, -2)
			event.FileDescriptor.Set(e, -1)
		}
	}
	event.SyscallArguments.Set(e, arguments)
	return e
}

// decorated returns a text with something before or behind it, or as it is.
func decorated(random *rand.Rand, text string) string {
	switch random.IntN(6) {
	case 0:
		return "/q/" + text
	case 1:
		return text + "/z"
	case 2:
		return text + "z"
	case 3:
		return text + "/../../" + text
	}
	return text
}

// covers is what a plan means, in the plainest words.
func covers(p *plan.Plan, e *event.Event) bool {
	call := event.SyscallName.Get(e)
	if slices.Contains(p.Calls, call) || e.Class == event.ClassNetwork && p.Network {
		return true
	}
	if e.Class != event.ClassFile {
		return false
	}
	if slices.Contains(changing, call) {
		return contains(&p.Files.Change, e)
	}
	if event.SyscallStatus.Get(e) != "SUCCESS" && !p.Files.Failed {
		return false
	}
	for _, a := range event.SyscallArguments.Get(e) {
		if v, ok := strings.CutPrefix(a, "name="); ok && strings.Contains(v, "../") && contains(&p.Files.Climbing, e) {
			return true
		}
	}
	if event.FileOpenWrite.Get(e) {
		return contains(&p.Files.Write, e)
	}
	return contains(&p.Files.Read, e)
}

func contains(p *plan.Paths, e *event.Event) bool {
	file, name := event.FilePath.Get(e), event.FileName.Get(e)
	return p.All || slices.Contains(p.Names, name) ||
		slices.ContainsFunc(p.Prefixes, func(s string) bool { return strings.HasPrefix(file, s) }) ||
		slices.ContainsFunc(p.Suffixes, func(s string) bool { return strings.HasSuffix(name, s) }) ||
		slices.ContainsFunc(p.Directories, func(s string) bool { return strings.Contains(path.Dir(file)+"/", "/"+s+"/") }) ||
		slices.ContainsFunc(p.Contains, func(s string) bool { return strings.Contains(file, s) })
}
