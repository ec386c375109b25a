package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/collect/audit/policy/advise"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/value"
)

// policyCode is the code of what doctor says of an audit policy.
const policyCode = "audit-policy"

// judged is what doctor says of audit policies: checks, and for each what is
// to be added to it.
type judged struct {
	checks []coverage.Condition
	adds   []addition
}

// addition is what to add to a policy.
type addition struct{ about, lines string }

// judgePolicies judges the policy in a file; without one those of the API
// servers of this machine, and without any what was recorded lately.
func (a *app) judgePolicies(ctx context.Context, f *sourceFlags, needs *advise.Needs, file string) (out judged) {
	if file != "" {
		out.file(a, needs, file, file)
		return out
	}
	servers := apiServers(a.proc)
	if f.server != "" {
		servers = nil // another machine is asked about
	}
	read := 0
	for _, s := range servers {
		switch {
		case s.policy == "":
			out.add(coverage.Failure, "make a policy with lynceus audit-policy generate, and name it with "+policyFlag, "the API server with process id %d has no audit policy: it records nothing", s.pid)
			read++
		case out.file(a, needs, s.file, s.policy):
			read++
		}
	}
	if read == 0 {
		out.seen(ctx, a, f, needs)
	}
	return out
}

func (j *judged) add(level coverage.Level, advice, format string, args ...any) {
	j.checks = append(j.checks, check(policyCode, level, advice, format, args...))
}

// file judges the policy in a file that people know under a name. It returns
// false where that cannot be read.
func (j *judged) file(a *app, needs *advise.Needs, path, name string) bool {
	_, p, problems, err := a.readPolicy(path)
	if err != nil {
		advice := ""
		if errors.Is(err, fs.ErrPermission) {
			advice = "run doctor as root, or give the file with --audit-policy"
		}
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		j.add(coverage.Warning, advice, "the audit policy %s cannot be read: %v", name, err)
		return false
	}
	if p != nil && !policy.Illegal(problems) {
		problems = append(problems, needs.Lint(p)...)
		if lines := needs.Mend(p).YAML(); lines != "" {
			j.adds = append(j.adds, addition{name, lines})
		}
	}
	if !j.problems(name, problems) {
		j.add(coverage.Fine, "", "the audit policy %s records what the detections need", name)
	}
	return true
}

// problems adds a check for each problem, and one for all detections that are
// blind in the same way. It reports whether any is worse than a note.
func (j *judged) problems(name string, list []policy.Problem) (worse bool) {
	var blind, limited []policy.Problem
	for _, p := range list {
		level := coverage.Notice
		switch p.Severity {
		case policy.Warning:
			level = coverage.Warning
		case policy.Error, policy.Refused:
			level = coverage.Failure
		}
		worse = worse || level > coverage.Notice
		switch {
		case p.Kind == "blind" && level == coverage.Warning:
			blind = append(blind, p)
			continue
		case p.Kind == "blind":
			limited = append(limited, p)
			continue
		}
		place := name
		if p.At.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", name, p.At.Line, p.At.Col)
		}
		if p.Path != "" {
			place += ": " + p.Path
		}
		j.add(level, p.Advice, "%s: %s", place, p.Text)
	}
	if len(blind) > 0 {
		names := make([]string, len(blind))
		for i, p := range blind {
			names[i] = strings.Join(p.Rules, ", ")
		}
		j.add(coverage.Warning, "lynceus audit-policy lint says of each why; the lines to add are below", "%s: %s: %s; the first: %s", name, countNoun(len(blind), "detection cannot match", "detections cannot match"), strings.Join(names, ", "), blind[0].Text)
	}
	for _, p := range limited {
		j.add(coverage.Notice, p.Advice, "%s: %s", name, p.Text)
	}
	return worse
}

const (
	// seenFor is how far back is looked at what was recorded.
	seenFor = 7 * 24 * time.Hour
	// maxSeen bounds the kinds of requests that are asked for.
	maxSeen = 50_000
	// fewSeen is how few events say nothing about a policy.
	fewSeen = 100
)

// recordedQuery asks what was recorded of which requests.
const recordedQuery = `audit | where isnotempty(audit.level)
| summarize number = count(), complete = countif(audit.stage == "ResponseComplete") by k8s.cluster, resource.group, resource.type, resource.subresource, api.operation, audit.level
| take 50000`

// recorded is what a cluster's log has.
type recorded struct {
	events, complete int64
	seen             []advise.Seen
}

// seen judges policies by what was recorded lately.
func (j *judged) seen(ctx context.Context, a *app, f *sourceFlags, needs *advise.Needs) {
	src, err := a.source(ctx, f)
	if err != nil {
		return // told already
	}
	defer src.close()
	logs := map[string]*recorded{}
	request := hunt.Request{KQL: recordedQuery, From: a.now().Add(-seenFor), MaxRows: maxSeen}
	_, err = hunt.Collect(ctx, src, request, func(row []value.Value) error {
		cluster := strings.Clone(row[0].Text)
		r := logs[cluster]
		if r == nil {
			r = &recorded{}
			logs[cluster] = r
		}
		r.events += row[6].Int
		r.complete += row[7].Int
		r.seen = append(r.seen, advise.Seen{
			Group: strings.Clone(row[1].Text), Type: strings.Clone(row[2].Text), Sub: strings.Clone(row[3].Text), Verb: strings.Clone(row[4].Text), Level: policy.Level(strings.Clone(row[5].Text)),
		})
		return nil
	})
	if err != nil {
		j.add(coverage.Warning, "", "what was recorded of requests cannot be asked: %v", err)
		return
	}
	for _, cluster := range slices.Sorted(maps.Keys(logs)) {
		j.cluster(cluster, logs[cluster], needs)
	}
	if len(logs) == 0 {
		j.add(coverage.Notice, "give the policy with --audit-policy FILE", "no audit event was recorded in the last seven days: nothing can be said about an audit policy")
	}
}

// cluster judges a cluster's policy by its log.
func (j *judged) cluster(cluster string, r *recorded, needs *advise.Needs) {
	name := "the audit log"
	if cluster != "" {
		name += " of cluster " + cluster
	}
	if r.events < fewSeen {
		j.add(coverage.Notice, "give the policy with --audit-policy FILE, or come again later", "%s has %s of the last seven days: too few to judge its policy by", name, countNoun(int(r.events), "event", "events"))
		return
	}
	if r.complete == 0 {
		j.add(coverage.Failure, "take ResponseComplete out of omitStages", "%s has no event of the stage ResponseComplete: whether requests were answered or refused is not known", name)
	}
	x := needs.Judge(r.seen)
	if !j.problems(name, x.Problems) {
		j.add(coverage.Fine, "", "%s has what is needed by all %d detections that are about something in it (judged from what was recorded in seven days)", name, x.Fine)
	}
	if len(x.Unseen) > 0 {
		j.add(coverage.Notice, "--audit-policy FILE judges the policy itself", "%s: %s about requests that nobody made in seven days, or that are not recorded: %s", name, countNoun(len(x.Unseen), "detection is", "detections are"), strings.Join(x.Unseen, ", "))
	}
	if lines := x.Mending.YAML(); lines != "" {
		j.adds = append(j.adds, addition{name, lines})
	}
}
