package incident

import "time"

// Options adjust Build. The zero value means the defaults.
type Options struct {
	// Gap is how long a pause may be between findings of one incident.
	// Default 6 hours: a night's break parts two working days, a meal does
	// not part an attack.
	Gap time.Duration
	// Context is how far before the first and after the last finding of
	// medium severity a lesser one may begin and still belong to the story.
	// Default 1 hour: who looks around before an attack does so shortly
	// before it, and a user's ordinary day is no part of it.
	Context time.Duration
	// MaxIdentities is how many identities may use an external address for
	// it to join them. Default 3: what more share is a proxy, unless each did
	// something of high severity from there.
	MaxIdentities int
	// Identities returns how many identities signed in from an external
	// address in all that was read, not only in findings; it may stop counting
	// where they are many. nil, or 0, means unknown.
	Identities func(address string) int
	// MaxSteps and MaxTargets bound what an incident shows. Defaults 200 and
	// 50.
	MaxSteps, MaxTargets int
}

func (o Options) withDefaults() Options {
	if o.Gap <= 0 {
		o.Gap = 6 * time.Hour
	}
	if o.Context <= 0 {
		o.Context = time.Hour
	}
	if o.MaxIdentities <= 0 {
		o.MaxIdentities = 3
	}
	if o.MaxSteps <= 0 {
		o.MaxSteps = 200
	}
	if o.MaxTargets <= 0 {
		o.MaxTargets = 50
	}
	if o.Identities == nil {
		o.Identities = func(string) int { return 0 }
	}
	return o
}
