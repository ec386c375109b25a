package session

import "slices"

// fits reports whether a request may have started a process.
func fits(r *Request, p *start) bool {
	switch {
	case r.Container != "" && p.Container != "" && r.Container != p.Container:
		return false
	case p.Time < r.Received-skew:
		return false
	case r.Ended != 0 && r.Ended <= r.Received+short:
		return p.Time <= r.Ended+skew
	}
	return p.Time <= max(r.Received, r.Started)+within && (r.Ended == 0 || p.Time <= r.Ended+skew)
}

// join finds out who started the processes of a group, as far as that follows.
func (m *members) join() {
	m.changed = false
	open := make([][]int, len(m.starts)) // of each process the requests that fit
	for i, p := range m.starts {
		for j, r := range m.requests {
			if fits(r, p) {
				open[i] = append(open[i], j)
			}
		}
	}
	short := shortage(open, len(m.requests))
	for settle(open, short) {
	}
	for i, p := range m.starts {
		p.person = m.person(open[i], !short[i])
	}
}

// settle finds a process that only one request can have started, and takes that request from the others. It reports
// whether that left any with fewer. A process of which short is true needs none.
func settle(open [][]int, short []bool) bool {
	for i := range open {
		if len(open[i]) != 1 || short[i] {
			continue
		}
		fewer := false
		for k := range open {
			if at := slices.Index(open[k], open[i][0]); k != i && at >= 0 {
				open[k] = slices.Delete(open[k], at, at+1)
				fewer = true
			}
		}
		if fewer {
			return true
		}
	}
	return false
}

// shortage says for each process whether it belongs to some that cannot all have been started by a request of their own:
// one of those came by another way. Processes belong together that a common request fits. Where there is no shortage,
// each process has a request in every way to assign them, so a process that only one fits has that one.
func shortage(open [][]int, requests int) []bool {
	taken := make([]int, requests) // by which process, less than 0 for none
	for j := range taken {
		taken[j] = -1
	}
	lack := make([]bool, len(open))
	for i := range open {
		lack[i] = len(open[i]) > 0 && !assign(open, taken, i, make([]bool, requests))
	}
	set := newSets(requests)
	for i := range open {
		for _, j := range open[i] {
			set.join(open[i][0], j)
		}
	}
	lacks := map[int]bool{}
	for i := range open {
		if lack[i] {
			lacks[set.find(open[i][0])] = true
		}
	}
	for i := range open {
		lack[i] = len(open[i]) > 0 && lacks[set.find(open[i][0])]
	}
	return lack
}

// assign finds a request for a process, if need be by giving others another (the augmenting paths of Kuhn's algorithm).
func assign(open [][]int, taken []int, process int, tried []bool) bool {
	for _, j := range open[process] {
		if tried[j] {
			continue
		}
		tried[j] = true
		if taken[j] < 0 || assign(open, taken, taken[j], tried) {
			taken[j] = process
			return true
		}
	}
	return false
}

// sets are numbers that belong together.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// find returns the number that stands for those that i belongs to.
func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) join(a, b int) { s[s.find(a)] = s.find(b) }

// person returns who is behind a process that one of some requests started, or perhaps none of them.
func (m *members) person(open []int, sure bool) Person {
	var users []string
	for _, j := range open {
		users = append(users, m.requests[j].User)
	}
	slices.Sort(users)
	users = slices.Compact(users)
	switch {
	case len(users) == 0:
		return Person{}
	case len(users) > 1 || !sure:
		return Person{Candidates: users}
	case len(open) > 1:
		return Person{User: users[0]}
	}
	return Person{User: users[0], UID: m.requests[open[0]].UID}
}
