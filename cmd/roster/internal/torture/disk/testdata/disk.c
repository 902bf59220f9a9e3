// A library to be loaded before libc. Whatever a program does to the files of one
// folder through libc is done, and written to a log in the order in which it was
// done. On demand syncs and writes fail, or syncs are not done at all.
//
// DISK_FOLDER is the folder. DISK_LOG is the log; without it nothing is logged.
// DISK_FAULTS is a file that says what fails now, see struct faults.
//
// A record of the log is a struct record and its data. SQLite's -shm files are left
// alone: they are made anew from the other files.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
	uint8_t kind; // one of the letters below
	uint8_t flag; // of an open: 1 for a file that was made, 2 for one that was emptied
	uint16_t unused;
	int32_t file; // the descriptor
	int64_t offset; // of a write, or the length of a truncate
	uint64_t size; // of the data that follows
};

enum {
	OPEN = 'O', // data is the name, empty for the folder itself
	CLOSE = 'C',
	WRITE = 'W', // data is what was written
	TRUNCATE = 'T',
	SYNC = 'S',
	FAILED_SYNC = 'F',
	UNLINK = 'U', // data is the name
	RENAME = 'R', // data is the old name, a NUL and the new one
	UNKNOWN = 'X', // data is the name of a function whose effect nobody models
};

struct faults {
	uint8_t sync; // 'e' fails with EIO, 'p' says that it is done and does nothing
	uint8_t write; // 'e' fails with EIO, 'n' with ENOSPC
	uint16_t unused;
	uint32_t count; // how many times something was not done
};

enum { MOST_FILES = 1 << 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char followed[MOST_FILES];
static const char *folder;
static int logfile = -1;
static volatile struct faults *faults;
static struct faults none;

__attribute__((constructor)) static void begin(void)
{
	const char *path;
	folder = getenv("DISK_FOLDER");
	faults = &none;
	if ((path = getenv("DISK_LOG")))
		if ((logfile = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) < 0)
			abort();
	if ((path = getenv("DISK_FAULTS"))) {
		int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
		void *shared = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
		if (shared == MAP_FAILED)
			abort();
		faults = shared;
	}
}

// note appends a record in one write. A log with a hole would be believed, so the
// program ends instead.
static void note(uint8_t kind, uint8_t flag, int file, int64_t offset, const void *data, size_t size)
{
	struct record head = { kind, flag, 0, file, offset, size };
	struct iovec parts[2] = { { &head, sizeof head }, { (void *)data, size } };
	if (logfile >= 0 && syscall(SYS_writev, logfile, parts, 2) != (long)(sizeof head + size))
		abort();
}

static int is_followed(int file)
{
	return file >= 0 && file < MOST_FILES && followed[file];
}

// name_of returns the name of a path in the folder, "" for the folder, and NULL for
// any other path.
static const char *name_of(const char *path)
{
	size_t length = folder ? strlen(folder) : 0;
	if (!length || strncmp(path, folder, length))
		return NULL;
	path += length;
	if (*path == '/')
		path++;
	else if (*path)
		return NULL;
	size_t rest = strlen(path);
	if (strchr(path, '/') || (rest > 4 && !strcmp(path + rest - 4, "-shm")))
		return NULL;
	return path;
}

static void fail(void)
{
	__atomic_add_fetch(&faults->count, 1, __ATOMIC_SEQ_CST);
}

static int do_open(const char *path, int flags, int mode)
{
	const char *name = name_of(path);
	if (!name)
		return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	pthread_mutex_lock(&lock);
	int was_there = !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
	int file = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	int why = errno;
	if (file >= MOST_FILES)
		abort();
	if (file >= 0) {
		followed[file] = 1;
		note(OPEN, !was_there ? 1 : (flags & O_TRUNC) ? 2 : 0, file, 0, name, strlen(name));
	}
	pthread_mutex_unlock(&lock);
	errno = why;
	return file;
}

static int mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	int mode = mode_of(flags, rest);
	va_end(rest);
	return do_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	int mode = mode_of(flags, rest);
	va_end(rest);
	return do_open(path, flags, mode);
}

int close(int file)
{
	if (!is_followed(file))
		return syscall(SYS_close, file);
	pthread_mutex_lock(&lock);
	followed[file] = 0;
	note(CLOSE, 0, file, 0, NULL, 0);
	int result = syscall(SYS_close, file);
	pthread_mutex_unlock(&lock);
	return result;
}

static ssize_t do_write(int file, const void *data, size_t size, int64_t offset)
{
	int fault = faults->write;
	if (fault) {
		fail();
		errno = fault == 'n' ? ENOSPC : EIO;
		return -1;
	}
	pthread_mutex_lock(&lock);
	ssize_t written = syscall(SYS_pwrite64, file, data, size, offset);
	int why = errno;
	if (written > 0)
		note(WRITE, 0, file, offset, data, written);
	pthread_mutex_unlock(&lock);
	errno = why;
	return written;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
	return is_followed(file) ? do_write(file, data, size, offset) : syscall(SYS_pwrite64, file, data, size, offset);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
	return is_followed(file) ? do_write(file, data, size, offset) : syscall(SYS_pwrite64, file, data, size, offset);
}

ssize_t write(int file, const void *data, size_t size)
{
	if (!is_followed(file))
		return syscall(SYS_write, file, data, size);
	off_t offset = syscall(SYS_lseek, file, 0, SEEK_CUR);
	ssize_t written = do_write(file, data, size, offset);
	if (written > 0)
		syscall(SYS_lseek, file, offset + written, SEEK_SET);
	return written;
}

static int do_truncate(int file, int64_t length)
{
	if (!is_followed(file))
		return syscall(SYS_ftruncate, file, length);
	pthread_mutex_lock(&lock);
	int result = syscall(SYS_ftruncate, file, length);
	if (!result)
		note(TRUNCATE, 0, file, length, NULL, 0);
	pthread_mutex_unlock(&lock);
	return result;
}

int ftruncate(int file, off_t length)
{
	return do_truncate(file, length);
}

int ftruncate64(int file, off64_t length)
{
	return do_truncate(file, length);
}

// A sync is noted when it has been done. What other threads write meanwhile waits, so
// it is noted behind the sync and does not count as on the disk.
static int do_sync(int file, long call)
{
	if (!is_followed(file))
		return syscall(call, file);
	int fault = faults->sync;
	if (fault == 'p') {
		fail();
		return 0;
	}
	pthread_mutex_lock(&lock);
	int result = -1, why = EIO;
	if (fault)
		fail();
	else if ((result = syscall(call, file)))
		why = errno;
	note(result ? FAILED_SYNC : SYNC, 0, file, 0, NULL, 0);
	pthread_mutex_unlock(&lock);
	errno = why;
	return result;
}

int fsync(int file)
{
	return do_sync(file, SYS_fsync);
}

int fdatasync(int file)
{
	return do_sync(file, SYS_fdatasync);
}

int unlink(const char *path)
{
	const char *name = name_of(path);
	if (!name)
		return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	pthread_mutex_lock(&lock);
	int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	int why = errno;
	if (!result)
		note(UNLINK, 0, 0, 0, name, strlen(name));
	pthread_mutex_unlock(&lock);
	errno = why;
	return result;
}

int rename(const char *from, const char *to)
{
	const char *old = name_of(from), *name = name_of(to);
	if (!old && !name)
		return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
	pthread_mutex_lock(&lock);
	int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
	int why = errno;
	if (!result && old && name) {
		char both[2 * NAME_MAX + 2];
		size_t length = strlen(old) + 1;
		memcpy(both, old, length);
		strcpy(both + length, name);
		note(RENAME, 0, 0, 0, both, length + strlen(name));
	} else if (!result)
		note(UNKNOWN, 0, 0, 0, "rename", strlen("rename"));
	pthread_mutex_unlock(&lock);
	errno = why;
	return result;
}

// What follows would change a file in ways that the log cannot tell.

static void unknown(int file, const char *name)
{
	if (!is_followed(file))
		return;
	pthread_mutex_lock(&lock);
	note(UNKNOWN, 0, file, 0, name, strlen(name));
	pthread_mutex_unlock(&lock);
}

static void *do_map(void *address, size_t size, int protection, int flags, int file, int64_t offset)
{
	if ((protection & PROT_WRITE) && (flags & MAP_SHARED))
		unknown(file, "mmap");
	return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
	return do_map(address, size, protection, flags, file, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset)
{
	return do_map(address, size, protection, flags, file, offset);
}

int fallocate(int file, int mode, off_t offset, off_t length)
{
	unknown(file, "fallocate");
	return syscall(SYS_fallocate, file, mode, offset, length);
}

int fallocate64(int file, int mode, off64_t offset, off64_t length)
{
	unknown(file, "fallocate");
	return syscall(SYS_fallocate, file, mode, offset, length);
}
