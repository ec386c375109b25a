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
	Person Ratio `json:"person"`
	Told   Ratio `json:"person_in_incident"`
	Behind Ratio `json:"person_behind_other_name"`
	// As is whom the actor acted as, where it impersonated somebody.
	As        Ratio `json:"impersonated"`
	TokenPod  Ratio `json:"token_pod"`
	CallerPod Ratio `json:"caller_pod"`
	// Workload and Writer are of the pods above, and of one that something
	// was done to: three questions a step at most.
	Workload Ratio `json:"workload"`
	Writer   Ratio `json:"writer"`
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
		{"impersonated user", &w.As},
		{"token's pod", &w.TokenPod},
		{"calling pod", &w.CallerPod},
		{"workload of a pod", &w.Workload},
		{"who made the workload", &w.Writer},
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
	for _, q := range w.questions(about, step, tell(findings, stories)) {
		if q.label == "" {
			continue
		}
		right := slices.Contains(q.told, q.label)
		q.ratio.add(right)
		if right {
			continue
		}
		slices.Sort(q.told)
		m := Mistaken{Step: step.Number, Label: q.label, Told: strings.Join(slices.Compact(q.told), ", ")}
		for _, r := range w.rows() {
			if r.ratio == q.ratio {
				m.What = r.name
			}
		}
		out = append(out, m)
	}
	return out
}

// question is a label, what was told of the same, and where it counts.
type question struct {
	ratio *Ratio
	label string
	told  []string
}

func (w *Who) questions(about About, step Step, t *answers) []question {
	actor, behind := &w.Actor, step.Person
	if about.ActorFromLog {
		actor = &w.Copied
	}
	if step.Person == step.Actor {
		behind = ""
	}
	return []question{
		{actor, step.Actor, t.users},
		{&w.Person, step.Person, t.people},
		{&w.Told, step.Person, t.story},
		{&w.Behind, behind, slices.Clone(t.story)},
		{&w.As, step.As, t.as},
		{&w.TokenPod, step.Pod, t.tokens},
		{&w.CallerPod, step.CallerPod, t.callers},
		{&w.Workload, step.Workload, t.tokenWorkloads},
		{&w.Workload, step.CallerWorkload, t.callerWorkloads},
		{&w.Workload, step.TargetWorkload, t.targetWorkloads},
		{&w.Writer, step.Writer, t.tokenWriters},
		{&w.Writer, step.TargetWriter, t.targetWriters},
	}
}

// answers are what findings and incidents say of those who did a step.
type answers struct {
	users, as, people, story, tokens, callers        []string
	tokenWorkloads, callerWorkloads, targetWorkloads []string
	tokenWriters, targetWriters                      []string
}

func tell(findings []*detect.Finding, stories []*incident.Incident) *answers {
	t := &answers{}
	for _, f := range findings {
		a := &f.Actor
		signedIn := a.User
		if a.RealUser != "" {
			signedIn = a.RealUser
			t.as = addNamed(t.as, a.User)
		}
		t.users = addNamed(t.users, signedIn)
		t.people = addNamed(t.people, signedIn, a.TokenWriter)
		t.tokens = addNamed(t.tokens, tokenPod(a))
		t.callers = addNamed(t.callers, a.CallerPod)
		t.tokenWorkloads = addNamed(t.tokenWorkloads, a.TokenWorkload)
		t.callerWorkloads = addNamed(t.callerWorkloads, a.CallerWorkload)
		t.targetWorkloads = addNamed(t.targetWorkloads, f.Target.Workload)
		t.tokenWriters = addNamed(t.tokenWriters, a.TokenWriter)
		t.targetWriters = addNamed(t.targetWriters, f.Target.Writer)
	}
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

// addNamed appends what is not empty.
func addNamed(list []string, more ...string) []string {
	return append(list, slices.DeleteFunc(more, func(s string) bool { return s == "" })...)
}

// tokenPod is the pod of an actor's token as labels write it. A token belongs
// to who signed in, also where somebody else was impersonated.
func tokenPod(a *detect.Actor) string {
	user := a.User
	if a.RealUser != "" {
		user = a.RealUser
	}
	account, ok := strings.CutPrefix(user, "system:serviceaccount:")
	ns, _, _ := strings.Cut(account, ":")
	if !ok || a.TokenPod == "" {
		return ""
	}
	return ns + "/" + a.TokenPod
}
