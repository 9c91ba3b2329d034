// Writes down what a process does to the files of one directory, so that rebuild.py can say what a disk may
// hold after the power went. Preloaded; POWERCUT_DIRECTORY names the directory, POWERCUT_JOURNAL the file to write.
//
// One lock is held over each call and its record, so the journal's order is the order of what happened. Files named *-shm are
// left out (SQLite maps them into memory and makes them anew at every start). Writes through mmap and through stdio
// (fopen) are not seen. What goes to standard output is recorded too: it is what the process has promised.
//
// A record: operation u8, file u64, number u64, length u32 (all little-endian), then that many bytes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)
#define DESCRIPTORS 4096
enum { unseen = 0, file = 1, directory = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static int journal = -1;
static struct { int kind; uint64_t id; char path[512]; } open_files[DESCRIPTORS];

static void put(int fd, const void *bytes, size_t count) {
    REAL(write);
    while (count) {
        ssize_t done = real(fd, bytes, count);
        if (done < 0) { if (errno == EINTR) continue; abort(); }
        bytes = (const char *)bytes + done;
        count -= (size_t)done;
    }
}

static void record(char operation, uint64_t id, uint64_t number, const void *bytes, uint32_t length) {
    if (journal < 0) return;
    int saved = errno;
    unsigned char head[21];
    head[0] = (unsigned char)operation;
    memcpy(head + 1, &id, 8); memcpy(head + 9, &number, 8); memcpy(head + 17, &length, 4);
    put(journal, head, sizeof head);
    put(journal, bytes, length);
    errno = saved;
}

__attribute__((constructor)) static void start(void) {
    const char *where = getenv("POWERCUT_DIRECTORY"), *name = getenv("POWERCUT_JOURNAL");
    if (!where || !name || !realpath(where, root)) return;
    int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    journal = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    if (fd >= 0) close(fd);
}

// The path inside the directory, or NULL where it is none of ours. "" is the directory itself.
static const char *inside(int at, const char *path, char *buffer) {
    char whole[PATH_MAX], parent[PATH_MAX];
    if (journal < 0 || !path) return NULL;
    if (path[0] == '/' || at == AT_FDCWD) snprintf(whole, sizeof whole, "%s", path);
    else if (at >= 0 && at < DESCRIPTORS && open_files[at].kind == directory)
        snprintf(whole, sizeof whole, "%s/%s/%s", root, open_files[at].path, path);
    else return NULL;
    if (!realpath(whole, buffer)) {  // not there (yet): its directory is
        char *slash = strrchr(whole, '/');
        const char *last = slash ? slash + 1 : whole;
        snprintf(parent, sizeof parent, "%.*s", slash ? (int)(slash - whole) : 1, slash ? whole : ".");
        char resolved[PATH_MAX];
        if (!realpath(parent[0] ? parent : "/", resolved)) return NULL;
        if (snprintf(buffer, PATH_MAX, "%s/%s", resolved, last) >= PATH_MAX) return NULL;
    }
    size_t length = strlen(root), all = strlen(buffer);
    if (strncmp(buffer, root, length) || (buffer[length] && buffer[length] != '/')) return NULL;
    if (all >= 4 && !strcmp(buffer + all - 4, "-shm")) return NULL;
    return buffer[length] ? buffer + length + 1 : "";
}

static void opened(int fd, const char *path, int existed, int flags) {
    struct stat about;
    if (fd < 0 || fd >= DESCRIPTORS || fstat(fd, &about)) return;
    open_files[fd].kind = S_ISDIR(about.st_mode) ? directory : S_ISREG(about.st_mode) ? file : unseen;
    open_files[fd].id = about.st_ino;
    snprintf(open_files[fd].path, sizeof open_files[fd].path, "%s", path);
    if (open_files[fd].kind != file) return;
    record(existed ? 'O' : 'C', about.st_ino, 0, path, (uint32_t)strlen(path));
    if (existed && (flags & O_TRUNC)) record('T', about.st_ino, 0, "", 0);
}

static int open_with(int (*real)(int, const char *, int, ...), int at, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *ours = inside(at, path, buffer);
    struct stat about;
    int existed = ours && !fstatat(at, path, &about, 0);
    int fd = real(at, path, flags, mode);
    int saved = errno;
    if (ours) opened(fd, ours, existed, flags);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
int open(const char *path, int flags, ...) { REAL(openat); MODE(flags) return open_with(real, AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { REAL(openat); MODE(flags) return open_with(real, AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { REAL(openat); MODE(flags) return open_with(real, at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { REAL(openat); MODE(flags) return open_with(real, at, path, flags | O_LARGEFILE, mode); }
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
    REAL(close);
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < DESCRIPTORS) open_files[fd].kind = unseen;
    int result = real(fd);
    pthread_mutex_unlock(&lock);
    return result;
}

static int kind(int fd) { return fd >= 0 && fd < DESCRIPTORS && journal >= 0 ? open_files[fd].kind : unseen; }

static ssize_t written(int fd, const void *bytes, ssize_t done, off_t offset) {
    if (done > 0 && kind(fd) == file) record('W', open_files[fd].id, (uint64_t)offset, bytes, (uint32_t)done);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    if (kind(fd) != file && fd != 1) return real(fd, bytes, count);
    pthread_mutex_lock(&lock);
    ssize_t done = real(fd, bytes, count);
    int saved = errno;
    // After the call the position is the end of what was written, with O_APPEND too.
    if (kind(fd) == file) written(fd, bytes, done, done > 0 ? lseek(fd, 0, SEEK_CUR) - done : 0);
    else if (done > 0) record('P', 0, 0, bytes, (uint32_t)done);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

static ssize_t pwrite_with(ssize_t (*real)(int, const void *, size_t, off_t), int fd, const void *bytes, size_t count, off_t offset) {
    pthread_mutex_lock(&lock);
    ssize_t done = written(fd, bytes, real(fd, bytes, count, offset), offset);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { REAL(pwrite); return pwrite_with(real, fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { REAL(pwrite); return pwrite_with(real, fd, bytes, count, offset); }

// A short answer is allowed, and the caller goes on from there.
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    if (kind(fd) == unseen && fd != 1) return real(fd, parts, count);
    return count ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    REAL(pwritev);
    if (kind(fd) == unseen) return real(fd, parts, count, offset);
    return count ? pwrite(fd, parts[0].iov_base, parts[0].iov_len, offset) : 0;
}

static int resize(int (*real)(int, off_t), int fd, off_t size) {
    pthread_mutex_lock(&lock);
    int result = real(fd, size);
    if (!result && kind(fd) == file) record('T', open_files[fd].id, (uint64_t)size, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}
int ftruncate(int fd, off_t size) { REAL(ftruncate); return resize(real, fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate); return resize(real, fd, size); }

static int sync_with(int (*real)(int), int fd) {
    pthread_mutex_lock(&lock);
    int result = real(fd);
    if (!result && kind(fd) == file) record('S', open_files[fd].id, 0, "", 0);
    if (!result && kind(fd) == directory) record('D', 0, 0, open_files[fd].path, (uint32_t)strlen(open_files[fd].path));
    pthread_mutex_unlock(&lock);
    return result;
}
int fsync(int fd) { REAL(fsync); return sync_with(real, fd); }
int fdatasync(int fd) { REAL(fdatasync); return sync_with(real, fd); }

// Two names with a zero byte between them.
static int two_names(char operation, int result, const char *from, const char *to) {
    char both[2 * PATH_MAX];
    int length = snprintf(both, sizeof both, "%s%c%s", from ? from : "", 0, to ? to : "");
    if (!result && (from || to)) record(operation, 0, 0, both, (uint32_t)length);
    return result;
}

int renameat2(int at, const char *from, int to_at, const char *to, unsigned flags) {
    REAL(renameat2);
    char one[PATH_MAX], two[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *old = inside(at, from, one), *new = inside(to_at, to, two);
    int result = two_names('R', real(at, from, to_at, to, flags), old, new);
    pthread_mutex_unlock(&lock);
    return result;
}
int renameat(int at, const char *from, int to_at, const char *to) { return renameat2(at, from, to_at, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    REAL(linkat);
    char one[PATH_MAX], two[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *old = inside(at, from, one), *new = inside(to_at, to, two);
    int result = two_names('L', real(at, from, to_at, to, flags), old, new);
    pthread_mutex_unlock(&lock);
    return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

static int named(char operation, int result, const char *path) {
    if (!result && path) record(operation, 0, 0, path, (uint32_t)strlen(path));
    return result;
}
int unlinkat(int at, const char *path, int flags) {
    REAL(unlinkat);
    char buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *ours = inside(at, path, buffer);
    int result = named('U', real(at, path, flags), ours);
    pthread_mutex_unlock(&lock);
    return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) { int result = unlink(path); return result && errno == EISDIR ? rmdir(path) : result; }

int mkdirat(int at, const char *path, mode_t mode) {
    REAL(mkdirat);
    char buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *ours = inside(at, path, buffer);
    int result = named('M', real(at, path, mode), ours);
    pthread_mutex_unlock(&lock);
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
