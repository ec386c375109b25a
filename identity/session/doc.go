// Package session finds out which person's request to run a command in a container started which process.
//
// An audit event of pods/exec names user, pod, container and command; the node sensor names the process that was started
// in the container from outside, and its arguments. Nothing that both sides see joins the two, so the join is by place,
// command and time, and says no more than follows from these: a process has a person when no other request can have
// started it, else all that can have are named.
//
// A process may come from a request when it ran the same command in the same container, no earlier than a quarter of a
// second before the API server received the request (their clocks may differ by that), no later than ten seconds after the connection
// stood, or, of a session that was over within five minutes, not after its end. Each request starts one process at most. Where there are more processes
// than requests, one came by another way, and nothing is certain.
//
// What looks the same is not told apart: a command that the kubelet runs as a probe, or somebody on the node by the
// runtime's own tools, is in no audit log.
package session
