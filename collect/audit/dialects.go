package audit

// dialects are the logs that documents come in, by the names that the field
// audit.dialect has.
const (
	kubernetes = "kubernetes"
	eks        = "eks"
	gke        = "gke"
	aks        = "aks"
	openshift  = "openshift"
)

var dialectNames = [...]string{kubernetes, eks, gke, aks, openshift}

// dialectCounts is how many events came in which log, in the order of
// dialectNames.
type dialectCounts [len(dialectNames)]int64

func (c *dialectCounts) count(name string) {
	for i, n := range dialectNames {
		if n == name {
			c[i]++
		}
	}
}

func (c *dialectCounts) add(d dialectCounts) {
	for i, n := range d {
		c[i] += n
	}
}

// most returns the name of the log most events came in; "" where there were
// none.
func (c *dialectCounts) most() string {
	best := -1
	for i, n := range c {
		if n > 0 && (best < 0 || n > c[best]) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return dialectNames[best]
}
