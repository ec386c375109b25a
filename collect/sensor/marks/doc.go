// Package marks has the kernel tell of changes of files by marks on whole file systems (fanotify(7)), which cost the
// system calls of others nothing: names that are made, moved and removed, attributes that are set, and files that are
// closed after they could be written. Names and directories are the kernel's own. It works for file systems whose
// directories have handles: ext4, xfs, btrfs, tmpfs and most others, but not procfs, sysfs and cgroups.
//
// Containers write to the upper directories of overlays. Those lie in a file system that is marked; their paths are told
// as the container sees them.
package marks
