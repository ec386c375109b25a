package eval

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
)

// Who counts how often findings say rightly who it was: of the attack steps
// that were found and whose label says it, those where a finding that names
// the step says the same.
type Who struct {
	// Actor is the user as authenticated; Copied the same where the label was
	// copied from the log.
	Actor  Ratio `json:"actor"`
	Copied Ratio `json:"actor_copied_from_log"`
	// Person is the human behind it: who signed in or wrote the workload whose
	// token was used. Told is the same, asked of the incident, whose actors
	// and makers of pods count, too. Behind is Told of the steps whose person
	// acts under another name, which is what takes finding out.
	Person    Ratio `json:"person"`
	Told      Ratio `json:"person_in_incident"`
	Behind    Ratio `json:"person_behind_other_name"`
	TokenPod  Ratio `json:"token_pod"`
	CallerPod Ratio `json:"caller_pod"`
	Workload  Ratio `json:"workload"`
}

func (w *Who) add(o Who) {
	for i, r := range w.rows() {
		*r.ratio = sum(*r.ratio, *o.rows()[i].ratio)
	}
}

type whoRow struct {
	name  string
	ratio *Ratio
}

// rows are the ratios with their names, in the order in which they are told.
func (w *Who) rows() []whoRow {
	return []whoRow{
		{"actor", &w.Actor},
		{"actor, where the label was copied from the log", &w.Copied},
		{"person, named by the finding", &w.Person},
		{"person, named by the incident", &w.Told},
		{"person behind another name, named by the incident", &w.Behind},
		{"token's pod", &w.TokenPod},
		{"calling pod", &w.CallerPod},
		{"workload", &w.Workload},
	}
}

// Mistaken is a label that no finding of its step agrees with.
type Mistaken struct {
	Recording string `json:"recording"`
	Step      int    `json:"step"`
	What      string `json:"what"`  // of the rows' names
	Label     string `json:"label"` // what the recording says
	Told      string `json:"told"`  // what findings say instead; "" for nothing
}

// judge compares the label of a step with the findings that name it and the
// incidents that they are part of.
func (w *Who) judge(about About, step Step, findings []*detect.Finding, stories []*incident.Incident) []Mistaken {
	if len(findings) == 0 {
		return nil
	}
	var out []Mistaken
	t := tell(findings, stories)
	for _, r := range w.rows() {
		label, told := t.answer(w, r.ratio, about, step)
		if label == "" {
			continue
		}
		right := slices.Contains(told, label)
		r.ratio.add(right)
		if !right {
			told = slices.Clone(told)
			slices.Sort(told)
			out = append(out, Mistaken{Step: step.Number, What: r.name, Label: label, Told: strings.Join(slices.Compact(told), ", ")})
		}
	}
	return out
}

// answers are what findings and incidents say of those who did a step.
type answers struct {
	users, people, story, tokens, callers, tokenWorkloads, callerWorkloads []string
}

func tell(findings []*detect.Finding, stories []*incident.Incident) *answers {
	t := &answers{}
	for _, f := range findings {
		a := &f.Actor
		t.users = addNamed(t.users, a.User, a.RealUser)
		t.people = addNamed(t.people, a.User, a.RealUser, a.TokenWriter)
		t.tokens = addNamed(t.tokens, tokenPod(a))
		t.callers = addNamed(t.callers, a.CallerPod)
		t.tokenWorkloads = addNamed(t.tokenWorkloads, a.TokenWorkload)
		t.callerWorkloads = addNamed(t.callerWorkloads, a.CallerWorkload)
	}
	t.people = slices.DeleteFunc(t.people, func(s string) bool { return strings.HasPrefix(s, "system:") })
	t.story = slices.Clone(t.people)
	for _, in := range stories {
		for _, a := range in.Actors {
			if a.Kind == incident.Person {
				t.story = addNamed(t.story, a.Name)
			}
		}
		for _, p := range in.Pods {
			t.story = addNamed(t.story, p.Writer)
		}
	}
	return t
}

// answer returns a step's label for one of w's ratios and what was told; the
// label is "" where the ratio does not ask for this step.
func (t *answers) answer(w *Who, ratio *Ratio, about About, step Step) (label string, told []string) {
	switch ratio {
	case &w.Actor:
		if !about.ActorFromLog {
			return step.Actor, t.users
		}
	case &w.Copied:
		if about.ActorFromLog {
			return step.Actor, t.users
		}
	case &w.Person:
		return step.Person, t.people
	case &w.Told:
		return step.Person, t.story
	case &w.Behind:
		if step.Person != step.Actor {
			return step.Person, t.story
		}
	case &w.TokenPod:
		return step.Pod, t.tokens
	case &w.CallerPod:
		return step.CallerPod, t.callers
	case &w.Workload:
		if step.Pod != "" {
			return step.Workload, t.tokenWorkloads
		}
		return step.Workload, t.callerWorkloads
	}
	return "", nil
}

// addNamed appends what is not empty.
func addNamed(list []string, more ...string) []string {
	return append(list, slices.DeleteFunc(more, func(s string) bool { return s == "" })...)
}

// tokenPod is the pod of an actor's token as labels write it.
func tokenPod(a *detect.Actor) string {
	ns, _, ok := strings.Cut(a.ServiceAccount, "/")
	if !ok || a.TokenPod == "" {
		return ""
	}
	return ns + "/" + a.TokenPod
}
