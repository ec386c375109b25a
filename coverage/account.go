package coverage

import "time"

// Key names a source: Source is one of a cluster and, where it is on one, a node.
type Key struct {
	Cluster string `json:"cluster"` // name; "" for unknown
	Node    string `json:"node"`    // name; "" for a source on no node
	Source  string `json:"source"`
}

// String is the source in words: "node w1", "/var/log/audit.log".
func (k Key) String() string {
	text := k.Source
	if k.Node != "" {
		text = "node " + k.Node
		if k.Source != SensorSource {
			text += " (" + k.Source + ")"
		}
	}
	if k.Cluster != "" {
		text += " of cluster " + k.Cluster
	}
	return text
}

// SensorSource is what a node's own sensor is called as a source.
const SensorSource = "sensor"

// Counts are events by what became of them.
type Counts struct {
	Seen       int64 `json:"seen"`       // handed on by the source, or given up
	Stored     int64 `json:"stored"`     // in the hub
	Repeated   int64 `json:"repeated"`   // had come before
	Filtered   int64 `json:"filtered"`   // nobody wants them
	Sampled    int64 `json:"sampled"`    // others stand for them
	Lost       int64 `json:"lost"`       // nobody chose to
	Shed       int64 `json:"shed"`       // given up since more came than could be handed on
	Unresolved int64 `json:"unresolved"` // without their container's names
	// Missing is where the lost and shed ones went missing.
	Missing [Hops]int64 `json:"-"`
}

// Gone is how many went missing.
func (c *Counts) Gone() int64 { return c.Lost + c.Shed }

// Add adds the counts of o.
func (c *Counts) Add(o *Counts) {
	c.Seen += o.Seen
	c.Stored += o.Stored
	c.Repeated += o.Repeated
	c.Filtered += o.Filtered
	c.Sampled += o.Sampled
	c.Lost += o.Lost
	c.Shed += o.Shed
	c.Unresolved += o.Unresolved
	for h := range c.Missing {
		c.Missing[h] += o.Missing[h]
	}
}

// Since returns the counts without those that were there before.
func (c *Counts) Since(before *Counts) Counts {
	d := Counts{
		Seen: c.Seen - before.Seen, Stored: c.Stored - before.Stored, Repeated: c.Repeated - before.Repeated, Filtered: c.Filtered - before.Filtered,
		Sampled: c.Sampled - before.Sampled, Lost: c.Lost - before.Lost, Shed: c.Shed - before.Shed, Unresolved: c.Unresolved - before.Unresolved,
	}
	for h := range d.Missing {
		d.Missing[h] = c.Missing[h] - before.Missing[h]
	}
	return d
}

// Lose counts events that nobody chose to lose.
func (c *Counts) Lose(at Hop, n int64) {
	c.Lost += n
	c.Missing[at] += n
}

// Drop counts events that were given up.
func (c *Counts) Drop(at Hop, n int64) {
	c.Shed += n
	c.Missing[at] += n
}

// Account is what a reporter says of a source for a stretch of time.
type Account struct {
	Key
	ClusterUID string
	Role       Role
	Kind       Kind
	// Reporter is metadata.source of whoever reports: SensorSource, or HubReporter.
	Reporter string
	// From is included, To is not.
	From, To time.Time
	Counts
	// Delay is what the slowest event took until it was stored; of a canary, what it took until a query found it.
	Delay time.Duration
	// Offset is by how much the source's clock is ahead of the hub's, where Timed says that it was measured.
	Offset time.Duration
	Timed  bool
	// Waiting is how many bytes wait at the source, Oldest when the oldest event of that happened; zero for nothing.
	Waiting int64
	Oldest  time.Time
	// Failed marks a canary that did not arrive.
	Failed bool
	// Of a part: whose events these are, and of which table; "" for all.
	PodUID, Pod, Namespace, WorkloadKind, Workload, Table string
	// Text is the account in words, Detail what else there is to say.
	Text, Detail string
}

// clockSlack is how far a clock may be off without a shift: less than lies between two accounts without a gap.
const clockSlack = sensorSlack

// ByHub moves an account that was received at a time to the hub's clock: by what the source's is off, where that was
// measured, and never into the future. Without that a clock that is ahead would hide the silence of its source.
func (a *Account) ByHub(received time.Time) {
	if a.Reporter == HubReporter {
		return
	}
	var shift time.Duration
	if a.Timed && a.Offset.Abs() > clockSlack {
		shift = -a.Offset
	}
	if ahead := a.To.Add(shift).Sub(received); ahead > clockSlack {
		shift -= ahead
	}
	a.From, a.To = a.From.Add(shift), a.To.Add(shift)
}

// HubReporter is the reporter of what the hub says of sources.
const HubReporter = "lynceus"
