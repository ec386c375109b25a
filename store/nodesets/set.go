package nodesets

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// Set is what nodes are to run.
type Set struct {
	// Cluster is the name of the cluster whose nodes they are, "" for those of all clusters that have no set of their own.
	Cluster string `json:"cluster"`
	// Policies and Rules are files, nil where the set says nothing about them and each node runs what it was started
	// with. None at all in a set that is not nil means none.
	Policies peer.Files `json:"-"`
	Rules    peer.Files `json:"-"`
	// Builtin has the rules that come with Lynceus judged, too; Rules is not nil then.
	Builtin bool      `json:"builtin"`
	Reason  string    `json:"reason"`
	Author  string    `json:"author"`
	Since   time.Time `json:"since"`
	// Removed says that the set was taken back: nothing is said of these nodes.
	Removed bool `json:"removed,omitempty"`
}

// Stored is a set and its revision.
type Stored struct {
	Set
	Revision uint64
}

// kept is a set as it is written.
type kept struct {
	Set
	PackedPolicies []byte `json:"policies,omitempty"` // nil for nothing said
	PackedRules    []byte `json:"rules,omitempty"`
}

// Bounds of what people write, in bytes.
const (
	maxReason = 1000
	maxName   = 253
	// maxPacked leaves room for the rest in what store/state keeps under a key.
	maxPacked = 180 << 10
)

// ErrInvalid is what the errors of a set wrap that cannot be kept.
var ErrInvalid = errors.New("nodes cannot be told so")

// pack returns the set as it is written. Errors wrap ErrInvalid.
func (s *Set) pack() (kept, error) {
	k := kept{Set: *s}
	var errs []error
	wrong := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, f := range []struct {
		what  string
		files peer.Files
		to    *[]byte
	}{{"policies", s.Policies, &k.PackedPolicies}, {"rules", s.Rules, &k.PackedRules}} {
		if f.files == nil {
			continue
		}
		var err error
		if *f.to, err = f.files.Pack(); err != nil {
			wrong(fmt.Errorf("%s: %w", f.what, err))
		}
	}
	if n := len(k.PackedPolicies) + len(k.PackedRules); n > maxPacked {
		wrong(fmt.Errorf("policies and rules have %d bytes compressed, at most %d can be kept", n, maxPacked))
	}
	if s.Policies == nil && s.Rules == nil && !s.Removed {
		wrong(errors.New("it says nothing: give policies or rules"))
	}
	if s.Builtin && s.Rules == nil {
		wrong(errors.New("the built-in rules are a part of rules"))
	}
	if s.Author == "" {
		wrong(errors.New("say who decides it"))
	}
	for _, text := range []struct {
		what, text string
		most       int
	}{{"cluster", s.Cluster, maxName}, {"reason", s.Reason, maxReason}} {
		if len(text.text) > text.most || !utf8.ValidString(text.text) || strings.ContainsFunc(text.text, unicode.IsControl) {
			wrong(fmt.Errorf("the %s is longer than %d bytes, or has characters that are no text", text.what, text.most))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return k, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return k, nil
}

// unpack returns the set that was written.
func (k *kept) unpack() (s Set, err error) {
	s = k.Set
	if k.PackedPolicies != nil {
		if s.Policies, err = peer.Unpack(k.PackedPolicies); err != nil {
			return s, err
		}
	}
	if k.PackedRules != nil {
		s.Rules, err = peer.Unpack(k.PackedRules)
	}
	return s, err
}
