package ocsf

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// Activities of the class API Activity.
const (
	apiCreate = 1
	apiRead   = 2
	apiUpdate = 3
	apiDelete = 4
)

// activityOf returns the activity_id of an event and its name: OCSF's caption,
// or the source's own word where OCSF has none.
func (p *plan) activityOf(e *event.Event) (activity int, name string) {
	word, ok := e.Text(p.activity)
	if !ok {
		return activityUnknown, p.class.caption(activityUnknown)
	}
	if p.activity == event.APIOperation.ID() {
		activity = apiActivity(word)
		if activity != activityOther {
			word = p.class.caption(activity)
		}
		return activity, word
	}
	if word == p.class.caption(activityUnknown) {
		return activityUnknown, word
	}
	if i := slices.Index(p.class.activities, word); i >= 0 && word != "" {
		return i + 1, word
	}
	return activityOther, word
}

// apiActivity returns the activity_id of a Kubernetes verb.
func apiActivity(verb string) int {
	switch verb {
	case "create":
		return apiCreate
	case "get", "list", "watch":
		return apiRead
	case "update", "patch":
		return apiUpdate
	case "delete", "deletecollection":
		return apiDelete
	}
	return activityOther
}
