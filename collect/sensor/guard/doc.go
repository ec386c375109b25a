// Package guard keeps denied programs from starting: a process of its own, tiny and apart from the sensor, that is asked
// by the kernel (fanotify, FAN_OPEN_EXEC_PERM) before a watched container executes a file.
//
// The kernel waits for an answer without a limit. So the one who answers does nothing else: each question is answered
// within a bound, with a stated default where nothing is known by then, whether the sensor works, stands still or is gone.
// When the connection to the sensor closes, the guard ends; when it ends, the kernel lets those go on who wait.
//
// A file is what its device, inode, size and times of change say, and never what a path says: neither renaming nor
// another link changes what it is, and a change of its content makes it another file.
package guard
