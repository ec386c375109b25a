// Package e2e holds the end-to-end tests: a real Kubernetes on one side, the program bin/lynceus on the other, as a
// user would put them together. Nothing of the product is imported; the tests see files, the HTTP API and what
// commands print. docs/testing-cluster.md says how to run them.
package e2e
