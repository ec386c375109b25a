package sigma

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// Every public rule is sound; those that are not supported say why.
func TestPublicRules(t *testing.T) {
	r := Load(Options{}, Path(filepath.Join(require.Corpora(t), "sigma", "rules")))
	for _, p := range r.Errors {
		t.Errorf("broken:\n%s", p.Detail())
	}
	features := map[string]int{}
	for _, p := range r.Unsupported {
		features[strings.SplitN(p.Feature, " ", 2)[0]]++
		if p.RuleID == "" || p.Line == 0 || p.Reason == "" {
			t.Errorf("a problem does not name rule, line and reason: %+v", p)
		}
	}
	tables := map[string]int{}
	for _, x := range r.Rules {
		tables[x.Table.String()]++
	}
	t.Logf("%d documents: %d loaded %v, %d not supported %v", r.Documents, len(r.Rules), tables, r.Documents-len(r.Rules), features)
	for table, want := range map[string]int{"audit": 16, "process": 144, "file": 18, "network": 6, "dns": 11} {
		if tables[table] < want {
			t.Errorf("%d rules of table %s loaded, want %d", tables[table], table, want)
		}
	}
	programs := Load(Options{Generic: true}, Path(filepath.Join(require.Corpora(t), "sigma", "rules")))
	for _, set := range [][]*rule.Rule{r.Rules, r.Compiled, programs.Rules} {
		for _, x := range set {
			if x.Expr == nil {
				continue
			}
			if _, err := expr.NewProgram([]expr.Node{x.Expr}, expr.Options{}); err != nil {
				t.Errorf("%s: %v", x.Source, err)
			}
			if rule.Explain(x) == "" {
				t.Errorf("%s: nothing explained", x.Source)
			}
		}
	}
}

// The examples of the specification are sound. They refer to rules that are
// not there, and some use another taxonomy; with the rules they load.
func TestSpecificationExamples(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "sigma", "specification", "tests")
	alone := Load(Options{}, Path(dir))
	for _, p := range alone.Errors {
		t.Errorf("broken:\n%s", p.Detail())
	}
	var stubs strings.Builder
	for _, name := range []string{"5638f7c0-ac70-491d-8465-2a65075e0d86", "recon_cmd_a", "recon_cmd_b", "recon_cmd_c", "rule_a_id", "process_creation", "website_access", "6f3e2987-db24-4c78-a860-b4f4095a7095", "df0841c0-9846-4e9f-ad8a-7df91571771b"} {
		stubs.WriteString("---\ntitle: stub " + name + "\nid: " + name + "\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {a: b}, condition: s}\n")
	}
	dns := strings.NewReplacer("product: windows, category: process_creation", "category: network, service: dns").Replace(stubs.String())
	loaded := map[string]int{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".yml" {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		with := stubs.String()
		if filepath.Base(p) == "filter_ecs.yml" {
			with = dns
		}
		r := Parse(Options{Generic: true}, filepath.Base(p), string(text)+"\n"+with)
		for _, x := range append(r.Errors, r.Unsupported...) {
			if x.Feature != "value_percentile" {
				t.Errorf("%s", x.Detail())
			}
		}
		for _, x := range r.Rules {
			if !strings.HasPrefix(x.Title, "stub") {
				loaded["rule or correlation"]++
			}
			loaded["filtered"] += len(x.Filters)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if loaded["rule or correlation"] != 9 || loaded["filtered"] != 4 {
		t.Errorf("loaded %v, want 9 rules and correlations, 4 rules filtered", loaded)
	}
}

// regressionCase is a row of regression.jsonl: a rule and events that it
// matches, as flat documents of Sigma's field names.
type regressionCase struct {
	ID       string            `json:"id"`
	RuleID   string            `json:"rule_id"`
	Expected bool              `json:"expected_match"`
	Fields   []json.RawMessage `json:"sigma_fields"`
	Engines  []string          `json:"reference_engines_per_event"`
}

func TestRegression(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "sigma")
	rules := map[string]*rule.Rule{}
	for _, x := range Load(Options{Generic: true}, Path(filepath.Join(dir, "rules"))).Rules {
		rules[x.ID] = x
	}
	var agree, disagree int
	var missing []string
	readLines(t, filepath.Join(dir, "regression.jsonl"), func(line []byte) {
		var c regressionCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		x := rules[c.RuleID]
		if x == nil {
			missing = append(missing, c.RuleID)
			return
		}
		matched := false
		for _, doc := range c.Fields {
			e := &event.Event{Raw: doc}
			matched = matched || matches(t, x, e)
		}
		if matched == c.Expected {
			agree++
			return
		}
		disagree++
		t.Errorf("%s: match = %v", c.ID, matched)
	})
	t.Logf("%d agree, %d disagree; the text of %d rules is not in the corpora: %s", agree, disagree, len(missing), strings.Join(missing, " "))
	require.Need(t, "sigma-windows-rules", agree+disagree > 0, "the rules that sigma/regression.jsonl names, in sigma/rules")
}

// readLines calls f for every line of a file.
func readLines(t *testing.T, name string, f func(line []byte)) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		f(sc.Bytes())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}
