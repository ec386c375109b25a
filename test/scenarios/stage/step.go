package stage

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Step is one thing that somebody does on purpose, and its label. What the script does not know is left out.
type Step struct {
	Number    int    `json:"step"`
	What      string `json:"what"`
	Technique string `json:"technique"`
	Matrix    string `json:"matrix,omitempty"` // row of the threat matrix, "Tactic: Technique"
	Hostile   bool   `json:"attack"`
	Actor     string `json:"actor"`
	Assumed   string `json:"as,omitempty"`     // whom the actor impersonates
	Person    string `json:"person,omitempty"` // whose credential it is, was taken from or was got with
	From      string `json:"from"`

	Pod      string `json:"pod,omitempty"`      // that the credential belongs to, NAMESPACE/NAME
	Workload string `json:"workload,omitempty"` // its highest owner, KIND/NAME
	Writer   string `json:"writer,omitempty"`   // account that wrote that

	CallerPod      string `json:"caller_pod,omitempty"` // that the requests came from
	CallerWorkload string `json:"caller_workload,omitempty"`

	TargetPod      string `json:"target_pod,omitempty"` // that the step works on
	TargetWorkload string `json:"target_workload,omitempty"`
	TargetWriter   string `json:"target_writer,omitempty"`

	T0       time.Time `json:"t0"`
	T1       time.Time `json:"t1"`
	AuditIDs []string  `json:"audit_ids"`

	s      *Stage
	actor  *Actor
	agents []string            // prefixes of the user agents that the step used
	seen   func(*request) bool // instead of actor and agents
}

// settle is how long a step waits at its end for what it began.
const settle = 150 * time.Millisecond

// Attack begins a hostile step: its ATT&CK technique, its row of the threat matrix and what happens.
func (s *Stage) Attack(technique, matrix, what string) *Step {
	return &Step{Technique: technique, Matrix: matrix, What: what, Hostile: true, s: s}
}

// Notable begins a step of ordinary work that a strict detection may name with reason.
func (s *Stage) Notable(technique, what string) *Step {
	return &Step{Technique: technique, What: what, s: s}
}

// As says who does it, and from where.
func (st *Step) As(a *Actor) *Step {
	st.actor, st.Actor, st.Person, st.From = a, a.User, a.Person, a.In.Addr()
	if p := a.Pod; p != nil {
		st.Pod, st.Workload, st.Writer = p.String(), p.Workload, p.Writer
	}
	if p, ok := a.In.(*Pod); ok {
		st.CallerPod, st.CallerWorkload = p.String(), p.Workload
	}
	return st
}

// On says in which pod, or on which, something is done.
func (st *Step) On(p *Pod) *Step {
	st.TargetPod, st.TargetWorkload, st.TargetWriter = p.String(), p.Workload, p.Writer
	return st
}

// Assuming says whom the actor impersonates.
func (st *Step) Assuming(user string) *Step {
	st.Assumed = user
	return st
}

// Effect says that the step is seen in requests that others make because of it: those of user whose URI contains part.
func (st *Step) Effect(user, verb, part string) *Step {
	st.Actor = user
	st.seen = func(r *request) bool {
		return r.User.Username == user && r.Verb == verb && strings.Contains(r.RequestURI, part)
	}
	return st
}

// Do plays the step.
func (st *Step) Do(play func(a *Act)) {
	if st.actor == nil {
		st.As(st.s.admin)
	}
	st.s.Sleep(settle) // what the step before began is over
	st.T0 = time.Now().UTC()
	play(&Act{Actor: st.actor, step: st})
	st.s.Sleep(settle)
	st.T1 = time.Now().UTC()
	st.s.mu.Lock()
	defer st.s.mu.Unlock()
	st.s.steps = append(st.s.steps, st)
	_, _ = fmt.Fprintf(st.s.log, "%-10s %s\n", st.Technique, st.What)
}

// Act is an actor in a step. Its requests are the step's.
type Act struct {
	*Actor
	step *Step
}

func (a *Act) agent(prefix string) {
	if !slices.Contains(a.step.agents, prefix) {
		a.step.agents = append(a.step.agents, prefix)
	}
}

// Kubectl runs kubectl and returns what it prints; a refusal is part of the story.
func (a *Act) Kubectl(args ...string) string { return a.Apply("", args...) }

// Apply is Kubectl with standard input, such as Apply(manifests, "apply", "-f", "-").
func (a *Act) Apply(stdin string, args ...string) string {
	a.agent("kubectl")
	out, _ := a.KubectlIn(stdin, args...)
	return out
}

// Brief is Kubectl for what does not end by itself, ended after d.
func (a *Act) Brief(d time.Duration, args ...string) string {
	a.agent("kubectl")
	out, _ := a.kubectlFor(d, "", args...)
	return out
}

// Must is Kubectl for what the story needs to succeed.
func (a *Act) Must(args ...string) string { return a.MustApply("", args...) }

// MustApply is Apply for what the story needs to succeed.
func (a *Act) MustApply(stdin string, args ...string) string {
	a.agent("kubectl")
	out, err := a.KubectlIn(stdin, args...)
	if err != nil {
		a.s.fail("step %q: kubectl %s: %w: %s", a.step.What, strings.Join(args, " "), err, out)
	}
	return out
}

// Request is a bare request; see Actor.Request.
func (a *Act) Request(agent, method, path, body string, headers ...string) (int, string) {
	a.agent(agent)
	return a.Actor.Request(agent, method, path, body, headers...)
}
