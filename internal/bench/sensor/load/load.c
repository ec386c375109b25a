// SPDX-License-Identifier: Apache-2.0
//
// load exec N, load open N DIR, load null N: does one thing N times, as fast as one thread can, and prints what that took
// as two numbers: seconds by the clock, and seconds of processor time of itself and of the programs that it ran.
//
//   exec  runs /bin/true and waits for it: some thirty system calls of the dynamic linker each
//   open  opens, reads and closes one of 64 small files of a directory
//   null  getppid, which does nothing
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { files = 64 };

static char names[files][4096];

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

static double used(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) + seconds(children.ru_stime);
}

static double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void run_one(void)
{
	char *argv[] = {"/bin/true", "lynceus-bench-load", NULL};
	char *none[] = {NULL};
	int status;
	pid_t pid;

	if (posix_spawn(&pid, argv[0], NULL, NULL, argv, none) || waitpid(pid, &status, 0) < 0)
		fail("/bin/true");
}

static void open_one(long i)
{
	char byte;
	int fd = open(names[i % files], O_RDONLY);

	if (fd < 0 || read(fd, &byte, 1) < 0)
		fail(names[i % files]);
	close(fd);
}

static void make_files(const char *dir)
{
	for (int i = 0; i < files; i++) {
		int fd;

		if (snprintf(names[i], sizeof names[i], "%s/%d", dir, i) >= (int)sizeof names[i])
			fail(dir);
		fd = open(names[i], O_CREAT | O_WRONLY | O_TRUNC, 0644);
		if (fd < 0 || write(fd, "lynceus", 7) != 7)
			fail(names[i]);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	double began, used_before;
	long n;

	if (argc < 3 || (!strcmp(argv[1], "open") && argc < 4)) {
		fputs("usage: load exec|open|null N [DIR]\n", stderr);
		return 2;
	}
	n = atol(argv[2]);
	if (!strcmp(argv[1], "open"))
		make_files(argv[3]);
	began = clock_now();
	used_before = used();
	if (!strcmp(argv[1], "exec"))
		for (long i = 0; i < n; i++)
			run_one();
	else if (!strcmp(argv[1], "open"))
		for (long i = 0; i < n; i++)
			open_one(i);
	else
		for (long i = 0; i < n; i++)
			syscall(SYS_getppid);
	printf("%.6f %.6f\n", clock_now() - began, used() - used_before);
	return 0;
}
