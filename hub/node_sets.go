package hub

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/rule/files"
	ruleload "github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/store/nodesets"
	"github.com/lynceus-io/lynceus/store/switches"
)

// nodeSets are what nodes are to run, as they are to be told. It implements api.NodeSets and may be used by several
// goroutines.
type nodeSets struct {
	book     *nodesets.Book
	switches *switches.Book
	builtin  peer.Files // the rules for nodes that come with Lynceus

	mu    sync.Mutex
	known map[uint64]map[string]bool // ids of the rules of a revision
	made  map[string]*wanted         // by what it is made of
}

// wanted is what a node is to run. A part is nil where nothing is said of it.
type wanted struct {
	policies *peer.PolicySet
	rules    *peer.RuleSet
}

func newNodeSets(book *nodesets.Book, off *switches.Book, builtin peer.Files) *nodeSets {
	return &nodeSets{book: book, switches: off, builtin: builtin, known: map[uint64]map[string]bool{}, made: map[string]*wanted{}}
}

// maxMade bounds what is remembered of what was made: one for each cluster, and some of before.
const maxMade = 64

// of returns what the nodes of a cluster are to run.
func (n *nodeSets) of(cluster string) (*wanted, error) {
	s, ok := n.book.For(cluster)
	if !ok {
		return &wanted{}, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	ids, err := n.ids(&s)
	if err != nil {
		return nil, err
	}
	var off []string
	for _, x := range n.switches.List() {
		if ids[x.Rule] && (x.Cluster == "" || x.Cluster == cluster) {
			off = append(off, x.Rule)
		}
	}
	slices.Sort(off)
	off = slices.Compact(off)
	key := strconv.FormatUint(s.Revision, 10) + "\x00" + strings.Join(off, "\x00")
	if w := n.made[key]; w != nil {
		return w, nil
	}
	w, err := n.make(&s.Set, off)
	if err != nil {
		return nil, err
	}
	if len(n.made) >= maxMade {
		clear(n.made)
	}
	n.made[key] = w
	return w, nil
}

// make makes what nodes are told.
func (n *nodeSets) make(s *nodesets.Set, off []string) (*wanted, error) {
	w := &wanted{}
	if s.Policies != nil {
		w.policies = &peer.PolicySet{Version: s.Policies.Version(), Files: s.Policies}
	}
	if s.Rules != nil {
		all := n.rules(s)
		packed, err := all.Pack()
		if err != nil {
			return nil, err
		}
		w.rules = &peer.RuleSet{Version: all.Version(off...), Packed: packed, Off: off}
	}
	return w, nil
}

// rules are all rule files of a set.
func (n *nodeSets) rules(s *nodesets.Set) peer.Files {
	if !s.Builtin {
		return s.Rules
	}
	all := maps.Clone(n.builtin)
	maps.Copy(all, s.Rules)
	return all
}

// ids returns the ids of a set's rules that are judged on nodes. The lock must be held.
func (n *nodeSets) ids(s *nodesets.Stored) (map[string]bool, error) {
	if ids := n.known[s.Revision]; ids != nil {
		return ids, nil
	}
	ids, err := judgedOnNodes(n.rules(&s.Set))
	if err != nil {
		return nil, err
	}
	if len(n.known) >= maxMade {
		clear(n.known)
	}
	n.known[s.Revision] = ids
	return ids, nil
}

// judgedOnNodes returns the ids of those rules among files that a node judges.
func judgedOnNodes(all peer.Files) (map[string]bool, error) {
	ids := map[string]bool{}
	if len(all) == 0 {
		return ids, nil
	}
	var texts []files.File
	for _, name := range slices.Sorted(maps.Keys(all)) {
		texts = append(texts, files.File{Name: name, Text: all[name]})
	}
	loaded := ruleload.Texts(texts...)
	if len(loaded.Errors) > 0 {
		return nil, fmt.Errorf("%d rules are broken, the first: %s", len(loaded.Errors), loaded.Errors[0].Detail())
	}
	judge, _, err := node.New(loaded.Rules, node.Options{})
	if err != nil {
		return nil, err
	}
	for _, r := range judge.Rules() {
		ids[r.ID] = true
	}
	return ids, nil
}

// Put implements api.NodeSets. What nodes could not read is refused.
func (n *nodeSets) Put(ctx context.Context, in api.NodeSetPut, by string) (api.NodeSet, error) {
	s := nodesets.Set{Cluster: in.Cluster, Policies: in.Policies, Rules: in.Rules, Builtin: in.Builtin, Reason: in.Reason}
	if in.Builtin && s.Rules == nil {
		s.Rules = peer.Files{}
	}
	if _, err := enforce.ParseFiles(s.Policies); err != nil {
		return api.NodeSet{}, fmt.Errorf("%w: %w", nodesets.ErrInvalid, err)
	}
	if _, err := judgedOnNodes(n.rules(&s)); err != nil {
		return api.NodeSet{}, fmt.Errorf("%w: %w", nodesets.ErrInvalid, err)
	}
	if _, err := n.make(&s, nil); err != nil {
		return api.NodeSet{}, fmt.Errorf("%w: %w", nodesets.ErrInvalid, err)
	}
	kept, err := n.book.Put(ctx, s, in.Revision, by)
	if err != nil {
		return api.NodeSet{}, err
	}
	return n.told(&kept, true), nil
}

// Remove implements api.NodeSets.
func (n *nodeSets) Remove(ctx context.Context, cluster, by string) error {
	_, err := n.book.Remove(ctx, cluster, by)
	return err
}

// List implements api.NodeSets.
func (n *nodeSets) List() []api.NodeSet {
	list := n.book.List()
	out := make([]api.NodeSet, 0, len(list))
	for i := range list {
		out = append(out, n.told(&list[i], true))
	}
	return out
}

// History implements api.NodeSets.
func (n *nodeSets) History(ctx context.Context, cluster string) ([]api.NodeSet, error) {
	list, err := n.book.History(ctx, cluster)
	out := make([]api.NodeSet, 0, len(list))
	for i := range list {
		out = append(out, n.told(&list[i], false))
	}
	return out, err
}

// told is a set as people are told it, with the version of its rules where it is in force: that depends on which are off.
func (n *nodeSets) told(s *nodesets.Stored, inForce bool) api.NodeSet {
	out := api.NodeSet{
		Cluster: s.Cluster, Policies: s.Policies, Rules: s.Rules, Builtin: s.Builtin, Reason: s.Reason, Author: s.Author, Since: s.Since.UTC().Truncate(time.Millisecond), Removed: s.Removed, Revision: s.Revision,
	}
	if s.Policies != nil {
		out.PolicyVersion = s.Policies.Version()
	}
	if !inForce || s.Rules == nil {
		return out
	}
	if w, err := n.of(s.Cluster); err == nil && w.rules != nil {
		out.RulesVersion = w.rules.Version
	}
	return out
}
