//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// spread is a median with its range.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	v := slices.Sorted(slices.Values(values))
	middle := v[len(v)/2]
	if len(v)%2 == 0 {
		middle = (v[len(v)/2-1] + middle) / 2
	}
	return spread{middle, v[0], v[len(v)-1]}
}

func (s spread) String() string {
	return fmt.Sprintf("%.3fx (%.2f-%.2f)", s.median, s.least, s.most)
}

// ratios compares a setting with another, round by round.
func ratios(all []result, l load, of, to string, value func(result) time.Duration) []float64 {
	rounds := map[int]float64{}
	for _, r := range all {
		if r.load == l && r.setting == to {
			rounds[r.round] = value(r).Seconds()
		}
	}
	var out []float64
	for _, r := range all {
		if base := rounds[r.round]; r.load == l && r.setting == of && base > 0 {
			out = append(out, value(r).Seconds()/base)
		}
	}
	return out
}

func wall(r result) time.Duration { return r.wall }
func cpu(r result) time.Duration  { return r.cpu }

// printTable prints what was measured, in Markdown.
func printTable(w io.Writer, o options, settings []setting, all []result, now time.Time) {
	var name unix.Utsname
	_ = unix.Uname(&name) // a machine without a name is no reason to say nothing
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Fprintf(w, "%s, Linux %s, %d processors, load at the end %s, %d rounds, rings of %d MiB\n\n", now.UTC().Format(time.DateTime), unix.ByteSliceToString(name.Release[:]),
		runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:3], " "), o.rounds, o.ring>>20)
	base, hook := settings[0].name, settings[1].name
	for _, l := range o.loads {
		fmt.Fprintf(w, "| `%s %d` | of %s, by the clock | of %s, processor time | of %s, processor time | sensor's processor time | its memory | lost | given up | seen |\n|---|---|---|---|---|---|---|---|---|\n", l.name, l.n, base, base, hook)
		for _, s := range settings {
			printRow(w, l, s.name, base, hook, s.tells, all)
		}
		fmt.Fprintln(w)
	}
}

func printRow(w io.Writer, l load, name, base, hook string, tells bool, all []result) {
	var guest []float64
	var sum account
	n := int64(0)
	var each []float64
	for _, r := range all {
		if r.load != l || r.setting != name {
			continue
		}
		n++
		guest = append(guest, r.guest.Seconds())
		each = append(each, float64(r.wall.Nanoseconds())/float64(l.n))
		sum.lost += r.lost
		sum.shed += r.shed
		sum.seen += r.seen
		sum.memory = max(sum.memory, r.memory)
	}
	if name == base || name == hook {
		s := spreadOf(ratios(all, l, name, base, wall))
		fmt.Fprintf(w, "| %s (%.0f ns each) | %v | %v | %v | | | | | |\n", name, spreadOf(each).median, s, spreadOf(ratios(all, l, name, base, cpu)), spreadOf(ratios(all, l, name, hook, cpu)))
		return
	}
	seen := ""
	if l.name == "exec" && tells {
		seen = fmt.Sprintf("%d of %d", sum.seen, n*int64(l.n))
	}
	g := spreadOf(guest)
	fmt.Fprintf(w, "| %s (%.0f ns each) | %v | %v | %v | %.2f s (%.2f-%.2f) | %.1f MB | %d | %d | %s |\n", name, spreadOf(each).median,
		spreadOf(ratios(all, l, name, base, wall)), spreadOf(ratios(all, l, name, base, cpu)), spreadOf(ratios(all, l, name, hook, cpu)), g.median, g.least, g.most, float64(sum.memory)/1e6, sum.lost, sum.shed, seen)
}
