package audit

// A stage is how far the answer to a request has come, as the bit for it in
// stages. Facts from https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/.
type stage uint8

const (
	stageReceived stage = 1 << iota
	stageStarted
	stageComplete
	stagePanic
	stageUnknown
)

// stageOf reads the name of a stage. Documents that say nothing are taken for
// complete ones of their own.
func stageOf(name string) stage {
	switch name {
	case "RequestReceived":
		return stageReceived
	case "ResponseStarted":
		return stageStarted
	case "ResponseComplete":
		return stageComplete
	case "Panic":
		return stagePanic
	}
	return stageUnknown
}

// stages is which stages of a request were seen, in the lower five bits, and
// above them the number of the last amendment.
type stages uint8

const (
	stageBits   = 5
	stageMask   = 1<<stageBits - 1
	finalStages = stages(stageComplete | stagePanic | stageUnknown)
)

// see notes a stage, and says what its record is.
func (s *stages) see(now stage) Seen {
	seen := *s & stageMask
	switch {
	case seen == 0:
		*s = stages(now)
		return SeenFirst
	case seen&stages(now) != 0:
		return SeenAgain
	case seen&finalStages != 0 && stages(now)&finalStages == 0, seen&stages(stageStarted) != 0 && now == stageReceived:
		return SeenLate
	}
	*s |= stages(now)
	*s += 1 << stageBits
	return SeenAmended
}

// revision is the number of the last amendment, 0 for none.
func (s stages) revision() int { return int(s >> stageBits) }

// amended makes n the number of the last amendment, if it is higher than what
// was known.
func (s *stages) amended(n int64) {
	n = max(int64(s.revision()), min(n, 1<<(8-stageBits)-1))
	*s = *s&stageMask | stages(n)<<stageBits
}

// waits reports whether a later stage is still to come.
func (s stages) waits() bool { return s&finalStages == 0 }
