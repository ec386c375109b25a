package identity

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/inventory"
)

// How it is known who made a pod: the values of k8s.writer.method.
const (
	byOwner   = "owner"   // the write to its highest owner that it was made from
	byPod     = "pod"     // it was created directly
	bySeveral = "several" // one of several users who wrote the owner; all are named
	byAccount = "account" // an account that acts for an owner whose writer is not known
)

const (
	// maxLevels bounds how far up owners are followed.
	maxLevels = 16
	// maxNamed bounds the users that are named where several fit.
	maxNamed = 8
	// creationTime is how exact a creationTimestamp is.
	creationTime = int64(time.Second)
)

// maker is who made a pod.
type maker struct {
	name   string
	time   int64
	uid    string
	method string
}

// level is an object on the way from a pod to its highest owner.
type level struct {
	key     objectKey
	uid     string
	created int64
	owner   inventory.Reference
}

// makerOf finds whose request made a pod: that of the pod itself, unless the
// one who made it acted for the pod's owner; then the one who wrote the owner
// before, and so on.
func (c *Callers) makerOf(cl *cluster, history string, p *inventory.Pod) maker {
	at := level{
		key: objectKey{resource: "pods", namespace: p.Namespace, name: p.Name},
		uid: p.UID, created: p.Created, owner: p.Owner,
	}
	return c.maker(cl, history, at, p.Created+creationTime, byPod)
}

// maker finds who made what an object was at a time.
func (c *Callers) maker(cl *cluster, history string, at level, until int64, method string) maker {
	var account maker
	var below *level // what at was followed from
	for n := range maxLevels {
		o := cl.written(at.key).get(at.key)
		if o != nil && (at.uid == "" || o.uid == "" || o.uid == at.uid) {
			at.add(o)
		}
		born := at.created
		if m, ok := cl.makerAt(o, below, until, method); ok {
			switch acting := actsFor(m.name, at.owner); {
			case !acting:
				return m
			case !isController(m.name):
				m.method, account = byAccount, m
			}
			born = m.time
		}
		if at.owner.Kind == "" {
			return account
		}
		if n > 0 && born != 0 && at.key.resource != "replicasets" {
			until = born + creationTime
		}
		child := at
		at, method, below = c.above(cl, history, at), byOwner, &child
	}
	return account
}

// makerAt returns who made an object what it was at a time, by the writes of
// it. Of a deployment that has another template by then than when the replica
// set below was made, it is the one who last gave it the replica set's: a
// template may come back, and pods of an old one are made while it is
// replaced.
func (cl *cluster) makerAt(o *object, below *level, until int64, method string) (m maker, ok bool) {
	if o == nil {
		return m, false
	}
	if below == nil || below.key.resource != "replicasets" {
		return makerAmong(o.before(until), method)
	}
	set := cl.ownerWrites.get(below.key)
	then := o.before(below.created + creationTime)
	if below.created == 0 {
		then = nil
	}
	if set != nil && set.from == 0 && len(then) > 0 {
		set.from = then[len(then)-1].template
	}
	if set != nil && set.from != 0 {
		if w := o.with(set.from, until); w != nil {
			return maker{name: w.user, time: w.time, uid: w.uid, method: method}, true
		}
	}
	m, ok = makerAmong(o.before(until), method)
	if !ok || len(then) > 0 && then[len(then)-1].uid == m.uid {
		return m, ok
	}
	was, known := makerAmong(then, method)
	switch {
	case !known && below.created != 0 && m.time > below.created+creationTime:
		return maker{}, false // the one who made its template is not known
	case known && was.name != m.name:
		was.name, was.method = m.name+", "+was.name, bySeveral
		return was, true
	}
	return m, true
}

// above returns the owner of an object.
func (c *Callers) above(cl *cluster, history string, at level) level {
	r := at.owner
	up := level{
		key: objectKey{group: r.Group, resource: cl.resourceOf(r.Group, r.Kind), namespace: at.key.namespace, name: r.Name},
		uid: r.UID,
	}
	up.owner, up.created, _ = c.history.Owner(history, r, at.key.namespace)
	if cl.written(up.key).get(up.key) == nil {
		wide := up.key
		if wide.namespace = ""; cl.written(wide).get(wide) != nil {
			up.key = wide // a namespaced object may belong to one of the whole cluster
		}
	}
	return up
}

// add takes what is known of an object's owner from those who wrote it.
func (l *level) add(o *object) {
	if l.owner.Kind == "" {
		l.owner = o.owner
	}
	if l.created == 0 {
		l.created = o.created
	}
}

// makerAmong returns who made an object by the writes that may have, the
// latest last.
func makerAmong(writes []write, method string) (m maker, ok bool) {
	if len(writes) == 0 {
		return m, false
	}
	last := writes[len(writes)-1]
	m = maker{name: last.user, time: last.time, uid: last.uid, method: method}
	if last.sure {
		return m, true
	}
	names := []string{last.user}
	for i := len(writes) - 2; i >= 0 && len(names) < maxNamed; i-- {
		if name := writes[i].user; !contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 1 {
		m.name, m.method = strings.Join(names, ", "), bySeveral
	}
	return m, true
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// actsFor reports whether a user who wrote an object with an owner did so for
// that owner: the controllers that come with Kubernetes do, for all owners;
// of owners of other kinds the controllers are service accounts. Anybody may
// write an owner into an object, but that does not make it the owner's.
func actsFor(user string, owner inventory.Reference) bool {
	switch {
	case owner.Kind == "" || owner.Kind == "Node" && owner.Group == "":
		return false
	case isController(user):
		return true
	}
	return isCustom(owner.Group) && strings.HasPrefix(user, "system:serviceaccount:")
}
