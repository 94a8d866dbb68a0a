/* Records what a process writes below one directory, in order, so that a power cut can be replayed.
 *
 * Loaded by LD_PRELOAD. RECORD_DIR is the directory, RECORD_LOG the file of records:
 * op (1 byte), fd's or first path, second path, offset (-1: at the end), data; each text is a
 * 4-byte length and its bytes, the offset 8 bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS 1024
static char *names[FDS];
static int log_fd = -1;
static const char *root;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void) {
    root = getenv("RECORD_DIR");
    const char *log = getenv("RECORD_LOG");
    if (root && log) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static int is_recorded(const char *path) {
    size_t length = root ? strlen(root) : 0;
    return log_fd >= 0 && path && strncmp(path, root, length) == 0
        && (path[length] == '/' || path[length] == 0);
}

static const char *name_of(int fd) { return fd >= 0 && fd < FDS ? names[fd] : NULL; }

static char *put(char *at, const void *bytes, uint32_t length) {
    memcpy(at, &length, 4);
    memcpy(at + 4, bytes, length);
    return at + 4 + length;
}

static void record(char op, const char *path, const char *other, int64_t offset, const void *data,
                   size_t length) {
    size_t size = 1 + 4 + strlen(path) + 4 + strlen(other) + 8 + 4 + length;
    char *buffer = malloc(size), *at = buffer;
    *at++ = op;
    at = put(at, path, strlen(path));
    at = put(at, other, strlen(other));
    memcpy(at, &offset, 8);
    put(at + 8, data, length);
    syscall(SYS_write, log_fd, buffer, size);
    free(buffer);
}

static int opened(const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&lock);
    int is_new = is_recorded(path) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && fd < FDS) {
        free(names[fd]);
        names[fd] = is_recorded(path) ? strdup(path) : NULL;
        if (is_new) record('c', path, "", 0, "", 0);
        if (names[fd] && (flags & O_TRUNC)) record('t', path, "", 0, "", 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                          \
    int name(const char *path, int flags, ...) {            \
        va_list rest;                                       \
        va_start(rest, flags);                              \
        mode_t mode = va_arg(rest, int);                    \
        va_end(rest);                                       \
        return opened(path, flags, mode);                   \
    }
OPEN(open)
OPEN(open64)

static ssize_t written(int fd, const void *data, size_t length, int64_t offset) {
    const char *path = name_of(fd);
    if (!path) return offset < 0 ? syscall(SYS_write, fd, data, length)
                                 : syscall(SYS_pwrite64, fd, data, length, offset);
    pthread_mutex_lock(&lock);
    ssize_t done = offset < 0 ? syscall(SYS_write, fd, data, length)
                              : syscall(SYS_pwrite64, fd, data, length, offset);
    if (done > 0) record('w', path, "", offset, data, done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return written(fd, data, length, at); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return written(fd, data, length, at); }

static int changed(char op, long call, int fd, int64_t size) {
    pthread_mutex_lock(&lock);
    int result = syscall(call, fd, size);
    if (result == 0 && name_of(fd)) record(op, name_of(fd), "", size, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t size) { return changed('t', SYS_ftruncate, fd, size); }
int ftruncate64(int fd, off64_t size) { return changed('t', SYS_ftruncate, fd, size); }
int fsync(int fd) { return changed('s', SYS_fsync, fd, 0); }
int fdatasync(int fd) { return changed('s', SYS_fdatasync, fd, 0); }

int close(int fd) {
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < FDS) {
        free(names[fd]);
        names[fd] = NULL;
    }
    int result = syscall(SYS_close, fd);
    pthread_mutex_unlock(&lock);
    return result;
}

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (result == 0 && is_recorded(to)) record('r', from, to, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0 && is_recorded(path)) record('u', path, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (result == 0 && is_recorded(path)) record('m', path, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}
