// Package sensor sees what the processes of a node do, through programs in the kernel, and makes events of it.
//
// A [Spec] says what is wanted; [Load] makes a [Sensor] of it, whose programs are attached; [Sensor.Run] hands over
// rows of the table process until it is told to end. What was lost on the way is counted, by hook and reason
// ([Sensor.Stats]). Closing the sensor removes all that it put into the kernel.
//
// The order is: hooks first, then the processes that run already, from the kernel's own list, then what the hooks
// wrote meanwhile. So nothing falls between.
package sensor
