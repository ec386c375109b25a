package node

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Left is a rule that a node alone cannot judge.
type Left struct {
	Rule *rule.Rule
	// Why says it in words, to follow "because".
	Why string
}

// tables are those whose rows the sensor of a node makes.
var tables = []event.Class{event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory}

// bound are the fields whose values stand for something that is on one node: what a correlation groups by one of them
// needs no other node.
var bound = []event.FieldID{
	event.K8sNode.ID(), event.K8sPod.ID(), event.K8sPodUID.ID(), event.ContainerUID.ID(), event.ProcessUID.ID(), event.ActorProcessUID.ID(),
	event.ProcessParentProcessUID.ID(), event.ProcessPID.ID(), event.ActorProcessPID.ID(), event.ProcessParentProcessPID.ID(),
}

// divide returns the rules that can be judged on a node, in their order, and the others.
func divide(rules []*rule.Rule) (here []*rule.Rule, left []Left) {
	why := map[*rule.Rule]string{}
	byID := map[string][]*rule.Rule{}
	for _, r := range rules {
		byID[r.ID] = append(byID[r.ID], r)
		if r.Correlation == nil {
			why[r] = alone(r)
		}
	}
	for changed := true; changed; { // a correlation may join others
		changed = false
		for _, r := range rules {
			if r.Correlation == nil || why[r] != "" {
				continue
			}
			if why[r] = together(r, byID, why); why[r] != "" {
				changed = true
			}
		}
	}
	for _, r := range rules {
		switch {
		case r.Disabled:
		case why[r] == "":
			here = append(here, r)
		default:
			left = append(left, Left{r, why[r]})
		}
	}
	return here, left
}

// alone returns why a rule about single events cannot be judged on a node, "" where it can.
func alone(r *rule.Rule) string {
	switch {
	case !slices.Contains(tables, r.Table):
		return "it reads events that are not of a node's sensor"
	case r.Ext != nil && r.Ext.New != nil:
		return "it asks what is new in the cluster, which the hub remembers"
	}
	return ""
}

// together is the same for a correlation.
func together(r *rule.Rule, byID map[string][]*rule.Rule, why map[*rule.Rule]string) string {
	if r.Ext != nil && r.Ext.New != nil {
		return "it asks what is new in the cluster, which the hub remembers"
	}
	for _, id := range r.Correlation.Rules {
		for _, member := range byID[id] {
			if why[member] != "" || member.Disabled {
				return "it joins matches of a rule that is judged elsewhere"
			}
			if member.Correlation == nil && !slices.ContainsFunc(r.Correlation.GroupBy, func(name string) bool { return isBound(r, member, name) }) {
				return "what it joins may happen on several nodes: it groups by nothing that is on one"
			}
		}
	}
	return ""
}

// isBound reports whether a name by which a correlation groups matches of a member stands for something on one node.
func isBound(r, member *rule.Rule, name string) bool {
	if alias, ok := r.Correlation.Aliases[name]; ok {
		if name, ok = alias[member.ID]; !ok {
			return false
		}
	}
	ref, ok := member.Resolve(name)
	return ok && slices.Contains(bound, ref.Field)
}
