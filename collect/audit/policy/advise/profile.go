package advise

import "fmt"

// Profile says what to prefer where needs and volume disagree.
type Profile string

// The profiles.
const (
	// Minimal records bodies only where a rule cannot match without them, and
	// drops all known noise, even what teaches where nodes are.
	Minimal Profile = "minimal"
	// Balanced records what rules read, and drops known noise that no rule
	// about it needs.
	Balanced Profile = "balanced"
	// Forensic records the body of every change and drops nothing.
	Forensic Profile = "forensic"
)

// ParseProfile returns the profile of a name.
func ParseProfile(name string) (Profile, error) {
	switch p := Profile(name); p {
	case Minimal, Balanced, Forensic:
		return p, nil
	}
	return "", fmt.Errorf("%q is no profile: there are minimal, balanced and forensic", name)
}
