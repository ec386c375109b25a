package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/internal/bench/synth"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Targets of the requirements, warm, at 100 million events.
const (
	needleTarget = 100 * time.Millisecond
	rareTarget   = time.Second
	allTarget    = 4 * time.Second
)

// questions returns what is asked of a store that holds t: of all questions
// those whose name contains about.
func questions(t *truth, about string) []question {
	return slices.DeleteFunc(allQuestions(t), func(q question) bool { return !strings.Contains(q.about, about) })
}

func allQuestions(t *truth) []question {
	hour, namespace := quietPlace(t)
	from := time.Unix(hour*3600, 0).UTC()
	where := fmt.Sprintf("where time >= datetime(%s) and time < datetime(%s) and k8s.namespace == '%s'", from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339), namespace)
	there := func(table string) int64 { return t.Hours.get(table, namespace, strconv.FormatInt(hour, 10)) }
	return []question{
		{"address, one side", "network | where dst_endpoint.ip == '" + synth.PlantedAddress + "'", needleTarget, rowsAre(t.To)},
		{"address, some columns", "network | where dst_endpoint.ip == '" + synth.PlantedAddress + "' | project time, k8s.namespace, k8s.pod, actor.process.file.path, dst_endpoint.port", needleTarget, rowsAre(t.To)},
		{"address, either side", "network | where src_endpoint.ip == '" + synth.PlantedAddress + "' or dst_endpoint.ip == '" + synth.PlantedAddress + "'", needleTarget, rowsAre(t.To)},
		{"address, either side, all tables", "events | where src_endpoint.ip == '" + synth.PlantedAddress + "' or dst_endpoint.ip == '" + synth.PlantedAddress + "'", needleTarget, rowsAre(t.Address)},
		{"address that is nowhere", "network | where dst_endpoint.ip == '203.0.113.78'", needleTarget, rowsAre(0)},
		{"hash", "process | where process.file.hash.sha256 == '" + synth.PlantedHash + "'", needleTarget, rowsAre(t.Hash)},
		{"user", "audit | where actor.user.name == '" + synth.PlantedUser + "'", needleTarget, rowsAre(t.User)},
		{"user, case folded, counted", "audit | where actor.user.name =~ '" + strings.ToUpper(synth.PlantedUser) + "' | summarize n = count() by api.operation", needleTarget, sumIs(t.User)},
		{"namespace and hour, grouped", "process | " + where + " | summarize n = count() by process.file.path", needleTarget, sumIs(there("process"))},
		{"namespace and hour, counted", "network | " + where + " | count", needleTarget, sumIs(there("network"))},
		{"namespace and hour, latest rows", "network | " + where + " | project time, k8s.pod, src_endpoint.ip, dst_endpoint.ip, dst_endpoint.port, traffic.bytes_in, traffic.bytes_out | top 100 by time", needleTarget, rowsAre(min(100, there("network")))},
		{"latest 100 requests", "audit | sort by time desc | take 100", needleTarget, latestAre(t.Latest["audit"])},
		{"latest 100 connections", "network | top 100 by time", needleTarget, latestAre(t.Latest["network"])},
		{"latest 100 of a namespace", "process | where k8s.namespace == '" + namespace + "' | top 100 by time", needleTarget, rowsAre(min(100, t.Tables.get("process")))},
		{"latest 100 of all tables", "events | project time, metadata.uid, k8s.namespace, k8s.pod, activity | top 100 by time", needleTarget, rowsAre(min(100, t.Events))},
		{"any 100", "network | take 100", needleTarget, rowsAre(min(100, t.Tables.get("network")))},
		{"rare word", "process | where process.cmd_line has 'xmrig'", rareTarget, rowsAre(t.Command)},
		{"rare text", "process | where process.cmd_line contains 'mrig-6'", rareTarget, rowsAre(t.Command)},
		{"text that is nowhere", "process | where process.cmd_line contains '/dev/tcp/'", rareTarget, rowsAre(0)},
		{"rare text in whole documents", "audit | where raw_data contains '" + synth.PlantedUser + "'", rareTarget, rowsAre(t.User)},
		{"top 20 namespaces and workloads", "events | summarize n = count() by k8s.namespace, k8s.workload | top 20 by n", allTarget, topIs(t.Workloads.top(20))},
		{"top 20 namespaces and programs", "process | summarize n = count() by k8s.namespace, process.file.path | top 20 by n", allTarget, topIs(t.Programs.top(20))},
		{"top 20 addresses by bytes", "network | summarize bytes = sum(traffic.bytes_out) by dst_endpoint.ip | top 20 by bytes", allTarget, rowsAre(20)},
		{"histogram, 5 minutes", "events | summarize n = count() by bin(time, 5m)", 0, sumIs(t.Events)},
		{"histogram of one table, 5 minutes", "network | summarize n = count() by bin(time, 5m), activity", 0, sumIs(t.Tables.get("network"))},
		{"distinct addresses", "network | summarize dcount(dst_endpoint.ip)", 0, rowsAre(1)},
		{"count of everything", "events | count", 0, sumIs(t.Events)},
	}
}

// quietPlace returns a whole hour in the middle of the store and a namespace
// with an ordinary number of events in it.
func quietPlace(t *truth) (hour int64, namespace string) {
	hour = began.Unix()/3600 + t.Events/perSecond/3600/2
	type place struct {
		name string
		n    int64
	}
	var places []place
	for key, n := range t.Hours {
		words := strings.Split(key, "\t")
		if words[0] == "process" && words[2] == strconv.FormatInt(hour, 10) {
			places = append(places, place{words[1], *n})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
	if len(places) == 0 {
		return hour, "none"
	}
	return hour, places[len(places)/4].name
}

func rowsAre(n int64) func([][]value.Value) error {
	return func(rows [][]value.Value) error {
		if int64(len(rows)) != n {
			return fmt.Errorf("%d rows, but there are %d", len(rows), n)
		}
		return nil
	}
}

// sumIs expects the last column of all rows to add up to n.
func sumIs(n int64) func([][]value.Value) error {
	return func(rows [][]value.Value) error {
		sum := int64(0)
		for _, r := range rows {
			sum += r[len(r)-1].Int
		}
		if sum != n {
			return fmt.Errorf("counts of %d in all, but there are %d", sum, n)
		}
		return nil
	}
}

// topIs expects the last column to be these counts.
func topIs(want []int64) func([][]value.Value) error {
	return func(rows [][]value.Value) error {
		var got []int64
		for _, r := range rows {
			got = append(got, r[len(r)-1].Int)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("counts %d, but they are %d", got, want)
		}
		return nil
	}
}

// latestAre expects 100 rows with the latest times, the latest first.
func latestAre(times []int64) func([][]value.Value) error {
	return func(rows [][]value.Value) error {
		if len(rows) != min(100, len(times)) {
			return fmt.Errorf("%d rows", len(rows))
		}
		for i, r := range rows {
			at := slices.IndexFunc(r, func(v value.Value) bool { return v.Type == value.TypeDatetime })
			if at < 0 {
				return errors.New("no time in the answer")
			}
			if want := times[len(times)-1-i]; !slices.ContainsFunc(r, func(v value.Value) bool {
				return v.Type == value.TypeDatetime && v.Int == value.DatetimeOf(time.Unix(0, want)).Int
			}) {
				return fmt.Errorf("row %d is not of %s", i, time.Unix(0, want).UTC().Format(time.RFC3339Nano))
			}
		}
		return nil
	}
}
