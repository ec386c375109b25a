package syscalls

// openBits are the flags of open(2) besides the way of access, of which this machine has four of its own
// (arch/arm64/include/uapi/asm/fcntl.h). O_SYNC has the bits of O_DSYNC, O_TMPFILE those of O_DIRECTORY, so they come first.
var openBits = []flag{
	{0o20040000, "O_TMPFILE"}, {0o4010000, "O_SYNC"}, {0o100, "O_CREAT"}, {0o200, "O_EXCL"}, {0o400, "O_NOCTTY"}, {0o1000, "O_TRUNC"},
	{0o2000, "O_APPEND"}, {0o4000, "O_NONBLOCK"}, {0o10000, "O_DSYNC"}, {0o200000, "O_DIRECT"}, {0o400000, "O_LARGEFILE"},
	{0o40000, "O_DIRECTORY"}, {0o100000, "O_NOFOLLOW"}, {0o1000000, "O_NOATIME"}, {0o2000000, "O_CLOEXEC"}, {0o10000000, "O_PATH"},
}
