// Package spawn starts the few programs that Lynceus starts: the node sensor, and itself again without privileges. No
// other package starts any.
package spawn
