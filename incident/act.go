package incident

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// Describe says in words what a finding's actor did, without the actor:
// "listed all secrets", "tried to create a token for service account shop/web".
// Names stand in it as the source wrote them, shortened: whoever shows the
// text makes it safe for where it shows it.
func Describe(f *detect.Finding) string {
	past, infinitive := phrases(f)
	if f.Count > 1 && aboutCaller(f.Rule) {
		past, infinitive = "called the API", "call the API"
	}
	switch {
	case past == "" && alertRule(f) != "":
		return alertWords(f)
	case past == "":
		return `set off "` + clip(f.Rule.Title) + `"`
	case allFailed(f):
		return "tried to " + infinitive
	}
	return past
}

// alertWords says of which alert of another tool a finding tells: "set off
// "Terminal shell in container" of falco in pod shop/web-1".
func alertWords(f *detect.Finding) string {
	text := `set off "` + clip(alertRule(f)) + `"`
	for _, v := range f.Evidence {
		if v.Field == "metadata.log_provider" {
			text += " of " + clip(v.Value)
		}
	}
	if f.Target.Name != "" {
		text += " in pod " + qualified(&f.Target)
	}
	return text
}

// Object names what a finding's request was about: "pod shop/web-1",
// "secrets in namespace shop", "/metrics"; "" when the finding does not tell,
// or the request only asked what is allowed.
func Object(f *detect.Finding) string {
	t := &f.Target
	switch {
	case resourcePhrases[t.Resource] != "":
		return ""
	case t.Resource == "":
		return clip(t.URI)
	case t.Name != "":
		return one(t.Resource) + " " + qualified(t)
	}
	return collection(t)
}

// phrases returns what was done in the past tense and as an infinitive, both
// "" when the target does not tell.
func phrases(f *detect.Finding) (past, infinitive string) {
	t := &f.Target
	if t.Resource == "" {
		if t.URI == "" {
			return "", ""
		}
		return "called " + clip(t.URI), "call " + clip(t.URI)
	}
	if p, ok := subresourcePhrases[t.Subresource]; ok && t.Subresource != "" {
		return p(t)
	}
	if p, ok := resourcePhrases[t.Resource]; ok && t.Verb == "create" {
		return p, strings.Replace(p, "asked", "ask", 1)
	}
	if bindings[t.Resource] && !readVerbs[t.Verb] && !strings.HasPrefix(t.Verb, "delete") {
		if role, who := evidence(f, evidenceRole), evidence(f, evidenceSubjects); len(role) > 0 && len(who) > 0 {
			rest := clip(role[0]) + " to " + clip(strings.Join(who, ", "))
			return "bound " + rest, "bind " + rest
		}
	}
	w, ok := verbWords[t.Verb]
	if !ok {
		w = [2]string{"did " + clip(t.Verb) + " on", clip(t.Verb)}
	}
	object := Object(f)
	if t.Subresource != "" {
		object = "the " + clip(t.Subresource) + " of " + object
	}
	return w[0] + " " + object, w[1] + " " + object
}

// qualified is the object's name with its namespace.
func qualified(t *detect.Target) string {
	if t.Namespace == "" || t.Resource == "namespaces" {
		return clip(t.Name)
	}
	return clip(t.Namespace + "/" + t.Name)
}

// collection names all objects that a request was about.
func collection(t *detect.Target) string {
	switch {
	case t.Namespace != "" && t.Verb == "create":
		return fmt.Sprintf("%s in namespace %s", withArticle(one(t.Resource)), clip(t.Namespace))
	case t.Namespace != "":
		return fmt.Sprintf("%s in namespace %s", many(t.Resource), clip(t.Namespace))
	case t.Verb == "create":
		return withArticle(one(t.Resource))
	case clusterScoped[t.Resource]:
		return many(t.Resource)
	}
	return "all " + many(t.Resource)
}

// resourcePhrases are requests that ask a question by creating an object.
var resourcePhrases = map[string]string{
	"selfsubjectaccessreviews":  "asked whether it may do something",
	"selfsubjectrulesreviews":   "asked what it may do",
	"selfsubjectreviews":        "asked who it is",
	"subjectaccessreviews":      "asked what somebody may do",
	"localsubjectaccessreviews": "asked what somebody may do",
	"tokenreviews":              "asked whose token it has",
}

// subresourcePhrases say what a request to a subresource does.
var subresourcePhrases = map[string]func(*detect.Target) (past, infinitive string){
	"exec": func(t *detect.Target) (string, string) {
		if t.Command == "" {
			return both("ran a command in", "run a command in", t)
		}
		return both(`ran "`+clip(t.Command)+`" in`, `run "`+clip(t.Command)+`" in`, t)
	},
	"attach":              words("attached to", "attach to"),
	"portforward":         words("forwarded a port of", "forward a port of"),
	"ephemeralcontainers": words("added a debug container to", "add a debug container to"),
	"log":                 words("read the log of", "read the log of"),
	"proxy":               words("reached through the API server to", "reach through the API server to"),
	"token":               words("created a token for", "create a token for"),
	"approval":            words("approved", "approve"),
	"eviction":            words("evicted", "evict"),
	"scale":               words("scaled", "scale"),
	"status":              words("changed the status of", "change the status of"),
	"binding":             words("put on a node", "put on a node"),
}

func words(past, infinitive string) func(*detect.Target) (string, string) {
	return func(t *detect.Target) (string, string) { return both(past, infinitive, t) }
}

func both(past, infinitive string, t *detect.Target) (string, string) {
	object := collection(t)
	if t.Name != "" {
		object = one(t.Resource) + " " + qualified(t)
	}
	return past + " " + object, infinitive + " " + object
}
