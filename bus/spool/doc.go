// Package spool keeps sealed batches on a node's disk until the hub has them, in bounded space and across restarts.
//
// Batches go into lanes, of which the more important is sent first, and what is less important is given up first. A lane's
// batches are numbered 1, 2, 3 and so on within an epoch, which is new at each Open: no number is ever given to two
// batches, whatever was lost. Older epochs of a lane are sent before newer ones, and within an epoch numbers only grow; some
// may be missing, which were given up. So whoever receives them knows what it has by the highest number of an epoch.
//
// A batch that Put has taken survives that the process is killed. It is written to a file at once and forced to the disk when
// the hub did not take it within half a second: a loss of power loses at most what was sealed in the last second. While the
// hub keeps up, files are removed before the kernel writes them out, and nothing is forced. Where the disk takes nothing
// (full, read-only, broken) batches are kept in a few megabytes of memory instead, and only then a kill loses them.
//
// What has been sent is remembered in a file, too, but not forced: after a loss of power batches may be sent again, under
// their old numbers. Times are told and decide nothing, so a clock may be set as one likes.
package spool
