package coverage

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// hopFields are the fields of Counts.Missing.
var hopFields = [Hops]event.IntField{
	Ring: event.CoverageMissingRing, Queue: event.CoverageMissingQueue, Spool: event.CoverageMissingSpool, Bus: event.CoverageMissingBus, Parse: event.CoverageMissingParse,
}

// countFields are the others of Counts.
func countFields(c *Counts) [8]struct {
	field event.IntField
	value *int64
} {
	return [8]struct {
		field event.IntField
		value *int64
	}{
		{event.CoverageSeen, &c.Seen}, {event.CoverageStored, &c.Stored}, {event.CoverageRepeated, &c.Repeated}, {event.CoverageFiltered, &c.Filtered},
		{event.CoverageSampled, &c.Sampled}, {event.CoverageLost, &c.Lost}, {event.CoverageShed, &c.Shed}, {event.CoverageUnresolved, &c.Unresolved},
	}
}

// textFields are the fields of text that rows have where there is something to say.
func textFields(a *Account) [12]struct {
	field event.StringField
	value *string
} {
	return [12]struct {
		field event.StringField
		value *string
	}{
		{event.MetadataSource, &a.Reporter}, {event.K8sCluster, &a.Cluster}, {event.K8sClusterUID, &a.ClusterUID}, {event.K8sNode, &a.Node}, {event.CoverageSource, &a.Source},
		{event.K8sPodUID, &a.PodUID}, {event.K8sPod, &a.Pod}, {event.K8sNamespace, &a.Namespace}, {event.K8sWorkloadKind, &a.WorkloadKind}, {event.K8sWorkload, &a.Workload},
		{event.CoverageTable, &a.Table}, {event.StatusDetail, &a.Detail},
	}
}

// Fill makes e the row of an account, received at a time. The same account gives the same metadata.uid.
func Fill(e *event.Event, a *Account, received time.Time, h *event.UIDHasher) {
	e.Reset(event.ClassHealth)
	event.MetadataUID.Set(e, h.Sum("coverage", a.Reporter, a.ClusterUID, a.Cluster, a.Node, a.Source, string(a.Kind), strconv.FormatInt(a.From.UnixNano(), 10),
		strconv.FormatInt(a.To.UnixNano(), 10), a.PodUID, a.Namespace, a.WorkloadKind, a.Workload, a.Table, partDetail(a)).String())
	event.CoverageKind.Set(e, string(a.Kind))
	if a.Role != "" {
		event.CoverageRole.Set(e, string(a.Role))
	}
	event.CoverageFrom.Set(e, a.From.UnixNano())
	event.Time.Set(e, a.To.UnixNano())
	event.ReceivedTime.Set(e, received.UnixNano())
	for _, f := range textFields(a) {
		if *f.value != "" {
			f.field.Set(e, *f.value)
		}
	}
	if a.Kind == Total || a.Kind == Part {
		fillCounts(e, a)
	}
	if a.Delay != 0 {
		event.CoverageDelayMs.Set(e, a.Delay.Milliseconds())
	}
	if a.Timed {
		event.CoverageClockOffsetMs.Set(e, a.Offset.Milliseconds())
	}
	if a.Waiting != 0 {
		event.CoverageWaitingBytes.Set(e, a.Waiting)
	}
	if !a.Oldest.IsZero() {
		event.CoverageOldest.Set(e, a.Oldest.UnixNano())
	}
	event.Status.Set(e, "Success")
	if a.Failed || a.Kind == Absent || a.Gone() > 0 {
		event.Status.Set(e, "Failure")
	}
	text := a.Text
	if text == "" {
		text = a.words()
	}
	event.Message.Set(e, text)
}

// partDetail tells parts apart that are alike in all else.
func partDetail(a *Account) string {
	if a.Kind == Part {
		return a.Detail
	}
	return ""
}

// fillCounts sets counts that are not zero, and of the sum over all what went missing in any case: there zero is what
// was counted.
func fillCounts(e *event.Event, a *Account) {
	for _, f := range countFields(&a.Counts) {
		missing := f.field == event.CoverageLost || f.field == event.CoverageShed
		if *f.value != 0 || missing && a.Kind == Total {
			f.field.Set(e, *f.value)
		}
	}
	for h, f := range hopFields {
		if a.Missing[h] != 0 {
			f.Set(e, a.Missing[h])
		}
	}
}

// words says what an account says.
func (a *Account) words() string {
	switch a.Kind {
	case Absent:
		return "nothing came of " + a.Key.String()
	case Ended:
		return a.Key.String() + " is no more"
	case Trial:
		return "a trial of the way " + a.Source
	case Canary:
		if a.Failed {
			return "a trial did not arrive by the way " + a.Source
		}
		return fmt.Sprintf("a trial went the way %s in %v", a.Source, a.Delay.Round(time.Millisecond))
	}
	var b strings.Builder
	if a.Reporter == SensorSource {
		fmt.Fprintf(&b, "the node sensor saw %d events, lost %d records, gave up %d events", a.Seen, a.Lost, a.Shed)
	} else {
		fmt.Fprintf(&b, "%d events of %s were stored", a.Stored, a.Key)
		if a.Gone() > 0 {
			fmt.Fprintf(&b, ", %d went missing", a.Gone())
		}
	}
	return b.String()
}

// Read reads a row of the table health; false where it is about something else. The account shares the event's texts,
// which are valid as long as the event: Clone it to keep it.
func Read(e *event.Event) (Account, bool) {
	var a Account
	if e.Class != event.ClassHealth || !event.CoverageKind.Has(e) {
		return a, false
	}
	a.Kind, a.Role = Kind(event.CoverageKind.Get(e)), Role(event.CoverageRole.Get(e))
	for _, f := range textFields(&a) {
		*f.value = f.field.Get(e)
	}
	for _, f := range countFields(&a.Counts) {
		*f.value, _ = f.field.Get(e)
	}
	for h, f := range hopFields {
		a.Missing[h], _ = f.Get(e)
	}
	a.From, a.To = time.Unix(0, event.CoverageFrom.Get(e)).UTC(), time.Unix(0, event.Time.Get(e)).UTC()
	if ms, ok := event.CoverageDelayMs.Get(e); ok {
		a.Delay = time.Duration(ms) * time.Millisecond
	}
	if ms, ok := event.CoverageClockOffsetMs.Get(e); ok {
		a.Offset, a.Timed = time.Duration(ms)*time.Millisecond, true
	}
	a.Waiting, _ = event.CoverageWaitingBytes.Get(e)
	if event.CoverageOldest.Has(e) {
		a.Oldest = time.Unix(0, event.CoverageOldest.Get(e)).UTC()
	}
	a.Failed = a.Kind == Canary && event.Status.Get(e) == "Failure"
	a.Text = event.Message.Get(e)
	return a, true
}
