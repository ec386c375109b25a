package bench

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

// Cases returns what is measured. What needs the published rules or the real
// log and does not find them is named in missing; rules of our own then stand
// in for the Kubernetes rules.
func Cases(corpora, data string) (cases []Case, missing []string, err error) {
	base, processes := publicRules(filepath.Join(corpora, "sigma", "rules"))
	if len(base) == 0 {
		missing = append(missing, "published Sigma rules in "+corpora)
		base = Base()
	}
	own := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: "."}).Rules
	own = slices.DeleteFunc(own, func(r *rule.Rule) bool { return r.Expr == nil })
	few, many := Mutate(base, 1000, 1), Mutate(base, 4000, 1)
	log := filepath.Join(data, "audit-real-k8s-1.36.jsonl.gz")
	if real, err := realLog(log); err == nil {
		cases = append(cases, Case{"audit, real log", few, real}, Case{"audit, real log", many, real}, Case{"audit, real log, built-in rules", own, real})
	} else {
		missing = append(missing, err.Error())
	}
	wide := Wide(59_000, 2)
	cases = append(cases, Case{"audit, wide", few, wide}, Case{"audit, wide", many, wide})
	if len(processes) > 0 {
		cases = append(cases, Case{"process, 80 % unseen command lines", processes, Processes(60_000, 3)})
	}
	return append(cases,
		Case{"hostile: every value of every field new", few, Unseen(20_000, 4)},
		Case{"hostile: values made of the rules' literals", few, Stuffed(2_000, few, 5)},
		Case{"hostile: values of 16 KiB", few, Long(200, 16<<10)},
		Case{"hostile: the same, 1,000 greedy regexps", Greedy(few), Long(64, 16<<10)},
	), missing, nil
}

// publicRules returns the audit rules and the Linux process rules below a
// directory, none where it is not there.
func publicRules(dir string) (audits, processes []*rule.Rule) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil
	}
	for _, r := range sigma.Load(sigma.Options{}, sigma.Path(dir)).Rules {
		switch r.Table {
		case event.ClassAudit:
			audits = append(audits, r)
		case event.ClassProcess:
			processes = append(processes, r)
		}
	}
	return audits, processes
}

// realLog decodes a compressed audit log.
func realLog(path string) ([]*event.Event, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("real audit log: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		return nil, err
	}
	var out []*event.Event
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var a audit.Arena
		var e event.Event
		if _, err := d.Decode(lines.Bytes(), &a, &e); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, e.Clone())
	}
	return out, lines.Err()
}
