package coverage

// Hop is a place on the way of events where some can go missing.
type Hop uint8

// The hops, in the order in which an event passes them. docs/coverage.md says what each means.
const (
	Ring  Hop = iota // between kernel and sensor
	Queue            // in the sensor's memory
	Spool            // on the sensor's disk
	Bus              // on the hub's bus
	Parse            // a record or document that is no event
	Hops             // how many there are
)

var hopNames = [Hops]string{"ring", "queue", "spool", "bus", "parse"}

// String returns the hop's name, as in coverage.missing_NAME.
func (h Hop) String() string {
	if h >= Hops {
		return "unknown"
	}
	return hopNames[h]
}

// MarshalText implements encoding.TextMarshaler.
func (h Hop) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. A hop that is not known, a newer server's, is Hops.
func (h *Hop) UnmarshalText(text []byte) error {
	*h = Hops
	for i, name := range hopNames {
		if name == string(text) {
			*h = Hop(i)
		}
	}
	return nil
}

// Role is what kind a source is.
type Role string

// The roles.
const (
	Sensor    Role = "sensor"    // sees what a node's processes do
	Audit     Role = "audit"     // brings requests to an API server
	Inventory Role = "inventory" // tells what a cluster contains
	Hub       Role = "hub"       // the hub itself
	Other     Role = "other"     // somebody else's sensors and logs
)

// Kind is what a row about coverage is.
type Kind string

// The kinds. docs/coverage.md says what each means.
const (
	Total  Kind = "account"
	Part   Kind = "part"
	Absent Kind = "absent"
	Ended  Kind = "ended"
	Canary Kind = "canary"
	Trial  Kind = "trial"
)
