// Package queue holds the sensor's events between the kernel and whoever takes them, in bounded memory. Who puts never
// waits: when the taker does not keep up, what is given up is chosen fairly and counted.
//
// Three rules say what is given up. What matters (findings, reports of health) is kept before raw events. Of equals, the
// container that holds the most loses its newest events first, so a flood loses its own and nobody else's as long as they
// hold less than an even share. What goes out goes out in the order in which it came, what matters first.
package queue
