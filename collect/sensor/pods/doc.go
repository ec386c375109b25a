// Package pods watches the pods of one node at the API server, and no others: what they are called, to which workload
// they belong, as whom they run. It speaks the API over HTTP by itself, since the sensor is to stay small, and reads of
// each pod no more than it tells: no environment, no commands, no volumes.
//
// A role that suffices has get, list and watch of pods; get of replicasets (apps) and jobs (batch) makes workloads
// certain that are concluded from names otherwise.
package pods
