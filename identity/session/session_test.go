package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const second = int64(1e9)

// at returns a time of the test in seconds.
func at(s float64) int64 { return 1_700_000_000*second + int64(s*1e9) }

var place = Place{"c", "shop", "web-1"}

func TestJoin(t *testing.T) {
	type req struct {
		user                     string
		received, started, ended float64
	}
	tests := []struct {
		name     string
		requests []req
		starts   []float64
		want     string // of each process the person, or candidates in brackets
	}{
		{"one of each", []req{{"ann", 1, 1.1, 0}}, []float64{1.2}, "ann"},
		{"no request", nil, []float64{1}, "[]"},
		{"too early", []req{{"ann", 5, 5, 0}}, []float64{1}, "[]"},
		{"clocks differ", []req{{"ann", 5, 5, 0}}, []float64{4.8}, "ann"},
		{"too late", []req{{"ann", 5, 5, 0}}, []float64{16}, "[]"},
		{"a slow connection", []req{{"ann", 5, 15, 0}}, []float64{16}, "ann"},
		{"after the session", []req{{"ann", 5, 5, 6}}, []float64{9}, "[]"},
		{"one after the other", []req{{"ann", 1, 1, 0}, {"bob", 5, 5, 0}}, []float64{1.2, 5.2}, "ann bob"},
		{"long after, in a short session", []req{{"ann", 5, 5, 100}}, []float64{99}, "ann"},
		{"long after, in a long session", []req{{"ann", 5, 5, 1000}}, []float64{99}, "[]"},
		{"at once", []req{{"ann", 1, 1, 0}, {"bob", 1.1, 1.1, 0}}, []float64{1.2, 1.3}, "[ann bob] [ann bob]"},
		{"at once, the same person", []req{{"ann", 1, 1, 0}, {"ann", 1.1, 1.1, 0}}, []float64{1.2, 1.3}, "ann ann"},
		{"at once, one of three", []req{{"ann", 1, 1, 0}, {"bob", 1.1, 1.1, 0}, {"eve", 1, 1, 0}}, []float64{1.2}, "[ann bob eve]"},
		{"one came by another way", []req{{"ann", 1, 1, 0}}, []float64{1.2, 1.3}, "[ann] [ann]"},
		{"one of more came by another way", []req{{"ann", 1, 1, 2}, {"bob", 1, 1, 0}}, []float64{1.2, 1.3, 1.4}, "[ann bob] [ann bob] [ann bob]"},
		{"another way, later", []req{{"ann", 1, 1, 2}, {"bob", 20, 20, 0}}, []float64{1.2, 8, 20.1}, "ann [] bob"},
		{"a chain", []req{{"ann", 1, 1, 0}, {"bob", 3, 3, 0}, {"eve", 5, 5, 0}}, []float64{1.1, 3.1, 5.1}, "ann bob eve"},
		{"a chain with a request that started nothing", []req{{"ann", 1, 1, 0}, {"bob", 3, 3, 0}, {"eve", 5, 5, 0}}, []float64{3.1, 5.1}, "[ann bob] [ann bob eve]"},
		{"it was over by then", []req{{"ann", 1, 1, 1.5}, {"bob", 3, 3, 0}, {"eve", 5, 5, 0}}, []float64{3.1, 5.1}, "bob eve"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			orders := [][]int{}
			n := len(tt.requests) + len(tt.starts)
			for range 20 {
				orders = append(orders, rand.Perm(n))
			}
			for _, order := range orders { // in whatever order they come
				s := New()
				for _, i := range order {
					if i < len(tt.requests) {
						r := tt.requests[i]
						q := Request{UID: fmt.Sprint(i), User: r.user, Place: place, Container: "app", Command: "id", Received: at(r.received), Started: at(r.started)}
						if r.ended != 0 {
							s.Request(q)
							q.Ended = at(r.ended)
						}
						s.Request(q)
					} else {
						i -= len(tt.requests)
						s.Start(Start{Root: fmt.Sprint("p", i), Place: place, Container: "app", Command: "id", Time: at(tt.starts[i])})
					}
				}
				var got []string
				for i := range tt.starts {
					p, when, known := s.Of(fmt.Sprint("p", i))
					if !known || when != at(tt.starts[i]) {
						t.Fatalf("process %d: %v at %d", i, known, when)
					}
					if p.User != "" && len(p.Candidates) > 0 || p.UID != "" && p.User == "" {
						t.Errorf("%+v", p)
					}
					if p.User != "" {
						got = append(got, p.User)
					} else {
						got = append(got, fmt.Sprint(p.Candidates))
					}
				}
				if s := strings.Join(got, " "); s != tt.want {
					t.Fatalf("in order %v: got %s, want %s", order, s, tt.want)
				}
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	s := New()
	add := func(user, pod, container, command string) {
		s.Request(Request{UID: user, User: user, Place: Place{"c", "shop", pod}, Container: container, Command: command, Received: at(1)})
	}
	add("ann", "web-1", "app", "id")
	add("bob", "web-2", "app", "id")
	add("eve", "web-1", "side", "id")
	add("joe", "web-1", "app", "id -u")
	add("kim", "web-3", "", "id")
	for i, tt := range []struct{ pod, container, command, want string }{
		{"web-1", "app", "id", "ann"}, {"web-2", "app", "id", "bob"}, {"web-1", "side", "id", "eve"}, {"web-1", "app", "id -u", "joe"},
		{"web-3", "any", "id", "kim"}, {"web-4", "app", "id", ""},
	} {
		s.Start(Start{Root: fmt.Sprint(i), Place: Place{"c", "shop", tt.pod}, Container: tt.container, Command: tt.command, Time: at(1.1)})
		if p, _, _ := s.Of(fmt.Sprint(i)); p.User != tt.want || p.User != "" && p.UID != tt.want {
			t.Errorf("%+v: %+v", tt, p)
		}
	}
	if _, _, known := s.Of("nobody"); known {
		t.Error("a process that was never seen is known")
	}
	s.Withdraw(Request{UID: "ann", Place: Place{"c", "shop", "web-1"}, Command: "id"})
	if p, _, _ := s.Of("0"); p.User != "" {
		t.Errorf("%+v of a request that was refused", p)
	}
}

func TestBounds(t *testing.T) {
	s := New()
	for i := range maxRoots + 100 {
		pod := Place{"c", "n", fmt.Sprint(i % (maxPlaces + 50))}
		s.Request(Request{UID: fmt.Sprint(i), Place: pod, Received: at(float64(i))})
		s.Start(Start{Root: fmt.Sprint(i), Place: pod, Time: at(float64(i))})
	}
	if len(s.roots) != maxRoots || len(s.groups) != maxPlaces {
		t.Errorf("%d processes, %d places", len(s.roots), len(s.groups))
	}
	s = New()
	for i := range 3 * maxEach {
		s.Request(Request{UID: fmt.Sprint(i), User: "ann", Place: place, Received: at(float64(i) / 10)})
		s.Start(Start{Root: fmt.Sprint(i), Place: place, Time: at(float64(i) / 10)})
	}
	if m := s.groups[group{place: place}]; len(m.requests) > maxEach || len(m.starts) > maxEach {
		t.Errorf("%d requests, %d processes of one place", len(m.requests), len(m.starts))
	}
	last := "last"
	s.Start(Start{Root: last, Place: place, Time: at(10_000)})
	if m := s.groups[group{place: place}]; len(m.requests) != 0 || len(m.starts) != 1 {
		t.Errorf("%d requests, %d processes after ten minutes", len(m.requests), len(m.starts))
	}
}

// TestCrowd is 200 sessions of 8 people in 4 pods, of which half run one command in one container within one second, and
// the others whatever people run: nobody is named who was not it, those that collide name all who can have been, and of
// the rest nearly all are right.
func TestCrowd(t *testing.T) {
	wrong, rest, right := 0, 0, 0
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := New()
		type act struct {
			user     string
			command  string
			pod      int
			collides bool
		}
		acts := make([]act, 200)
		type step struct {
			at int64
			do func()
		}
		var steps []step
		for i := range acts {
			a := act{user: fmt.Sprint("user-", r.IntN(8)), command: "sh -c id", collides: i%2 == 0}
			when := at(30 + r.Float64())
			if !a.collides {
				a.pod = r.IntN(4)
				a.command = fmt.Sprint("cat /proc/", i)
				when = at(60 * r.Float64())
			}
			acts[i] = a
			place := Place{"c", "shop", fmt.Sprint("web-", a.pod)}
			lag := int64(r.Float64() * 0.4e9)
			q := Request{UID: fmt.Sprint(i), User: a.user, Place: place, Container: "app", Command: a.command, Received: when}
			q.Started = when + lag/2
			steps = append(steps, step{when + lag + int64(r.Float64()*2e9), func() { s.Request(q) }})
			steps = append(steps, step{when + 3*lag, func() { q := q; q.Ended = when + 2*lag; s.Request(q) }})
			steps = append(steps, step{when + lag, func() {
				s.Start(Start{Root: fmt.Sprint("p", i), Place: place, Container: "app", Command: a.command, Time: when + lag})
			}})
		}
		slices.SortFunc(steps, func(a, b step) int { return int(a.at - b.at) })
		for _, st := range steps {
			st.do()
		}
		for i, a := range acts {
			p, _, _ := s.Of(fmt.Sprint("p", i))
			switch {
			case p.User != "" && p.User != a.user:
				wrong++
			case a.collides && p.User == "" && !slices.Contains(p.Candidates, a.user):
				t.Fatalf("%s is not among the candidates %q", a.user, p.Candidates)
			}
			if !a.collides {
				rest++
				if p.User == a.user && p.UID == fmt.Sprint(i) {
					right++
				}
			}
		}
	}
	t.Logf("%d wrong; of %d that do not collide %d right", wrong, rest, right)
	if wrong > 0 || right*100 < rest*99 {
		t.Error("too few, or wrong")
	}
}
