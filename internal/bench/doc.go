// Package bench makes the rules and events that speed is measured with, and
// measures: thousands of rules by mutation of a few, events of a wide cluster,
// process starts, and hostile values. Everything follows from a seed.
package bench
