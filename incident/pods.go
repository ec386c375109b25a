package incident

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// The parts that a pod can have in an incident.
const (
	PodCalled = "called" // requests came from its address
	PodToken  = "token"  // its token was used
	PodTarget = "target" // something was done to it
)

var podParts = []string{PodCalled, PodToken, PodTarget}

// maxPods bounds the pods that an incident names.
const maxPods = 16

// Pod is a pod of an incident.
type Pod struct {
	// Name is namespace/name.
	Name string
	// Workload is its pod group, as Kind/name, and Writer the user whose
	// request made it; "" where that is not known.
	Workload, Writer string
	// Parts are what it has to do with it, in the order of the constants.
	Parts []string
}

// podsOf names the pods that findings, the worst first, tell of: first those
// that acted. A pod that something was done to is one of the targets anyway,
// and named here where more is known of it.
func podsOf(worstFirst []*detect.Finding) []Pod {
	var out []Pod
	note := func(name, workload, writer, part string) {
		if name == "" {
			return
		}
		i := slices.IndexFunc(out, func(p Pod) bool { return p.Name == name })
		if i < 0 {
			if len(out) == maxPods {
				return
			}
			i = len(out)
			out = append(out, Pod{Name: name})
		}
		p := &out[i]
		if p.Workload == "" {
			p.Workload = workload
		}
		if p.Writer == "" {
			p.Writer = writer
		}
		if !slices.Contains(p.Parts, part) {
			p.Parts = append(p.Parts, part)
			slices.SortFunc(p.Parts, func(a, b string) int { return slices.Index(podParts, a) - slices.Index(podParts, b) })
		}
	}
	for _, f := range worstFirst {
		a := &f.Actor
		note(a.CallerPod, a.CallerWorkload, "", PodCalled)
		note(tokenPod(a), a.TokenWorkload, a.TokenWriter, PodToken)
	}
	for _, f := range worstFirst {
		if t := &f.Target; t.Resource == "pods" && t.Name != "" && t.Namespace != "" && t.Workload != "" && !Varied(f) {
			note(t.Namespace+"/"+t.Name, t.Workload, t.Writer, PodTarget)
		}
	}
	return out
}

// tokenPod is the pod that an actor's token is bound to, as namespace/name.
func tokenPod(a *detect.Actor) string {
	user := a.User
	if a.RealUser != "" {
		user = a.RealUser
	}
	rest, ok := strings.CutPrefix(user, saPrefix)
	ns, _, _ := strings.Cut(rest, ":")
	if !ok || a.TokenPod == "" {
		return ""
	}
	return ns + "/" + a.TokenPod
}

// podWords say which part a pod had.
var podWords = map[string]string{PodCalled: "made calls", PodToken: "its token was used", PodTarget: "was acted upon"}

// String says it in words: "shop/web-1 of Deployment/web, made by mira: its
// token was used".
func (p Pod) String() string {
	text := clip(p.Name)
	if p.Workload != "" && p.Workload != "Pod/"+p.Name[strings.IndexByte(p.Name, '/')+1:] {
		text += " of " + clip(p.Workload)
	}
	if p.Writer != "" {
		text += ", made by " + parsePrincipal(p.Writer).String()
	}
	var parts []string
	for _, part := range p.Parts {
		parts = append(parts, podWords[part])
	}
	return text + ": " + strings.Join(parts, ", ")
}
