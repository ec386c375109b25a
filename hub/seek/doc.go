// Package seek finds where indicators (addresses, networks, host names, hashes,
// users, files, images) were seen in the store: any number of them at once, in
// one pass over the columns that can hold them.
package seek
