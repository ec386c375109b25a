package process

// Tree is what the processes of a container have in common that descend from one which was started there from outside:
// from the container's first one, or from another, as the runtime starts it for whoever asks to run a command there. It
// is shared and does not change.
type Tree struct {
	Container string // id
	Root      string // identity of that process
	// Entered says that the container ran already when that process was started.
	Entered bool
}
