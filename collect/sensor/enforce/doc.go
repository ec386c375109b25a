// Package enforce stops what policies forbid in containers: it reads policies, works out which of them apply to which
// container, writes them into the tables that the sensor's programs in the kernel judge by, and ends containers.
//
// Nothing outside the containers of pods is ever judged. Pods of the cluster itself (see Pod.System) only are where a
// policy says so a second time.
package enforce
