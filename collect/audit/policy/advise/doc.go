// Package advise relates audit policies to detections: what a set of rules
// needs an API server to record, the policy that records just that, and what
// a given policy makes impossible.
//
// Nobody has to say what a rule needs. Its condition is judged beforehand for
// each kind of request (verb, resource, namespace, caller), with three
// answers: it certainly does not match, it certainly does, or that depends on
// what only the event will tell. A rule needs a body where it cannot match
// without one, or where what is left to decide reads one.
package advise
