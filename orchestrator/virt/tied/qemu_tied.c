/*
 * The emulator that embedded libvirt starts: QEMU, tied to the life of kproof, and without root.
 *
 * libvirt daemonises QEMU, so nothing would end it when kproof is killed with SIGKILL. But kproof
 * is a child subreaper: the daemonised process is adopted by it before libvirt lets it exec (the
 * hand-shake in virCommandRun comes after the intermediate process was reaped). So the parent here
 * is kproof, and the kernel sends QEMU a SIGKILL when that parent dies, however it dies.
 *
 * The domain is named kproof-<pid of kproof>-<n>: if our parent is already somebody else, kproof
 * died just before the prctl, and we must not start. libvirt also runs us to probe for
 * capabilities, with no such name; no guest runs then, and QEMU ends by itself.
 *
 * Where kproof is root, KPROOF_RUN_AS=uid:gid[,gid...] says whom QEMU, which is what a guest that
 * breaks out of its machine gets hold of, is to run as. That user may not get to where kernels,
 * images, logs and sockets lie (below /root, say), nor need he: they are opened here, before root
 * is given up, and QEMU is told /proc/self/fd/N in their place. What it writes to becomes its own.
 * So with a directory that the guest is to see: it stays whose it is, and so does what is in it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { kCannot = 126, kGroups = 32 };

struct user {
  uid_t uid;
  gid_t groups[kGroups]; /* the first is the main one */
  size_t count;
};

static void fail(const char* what) {
  fprintf(stderr, "qemu-tied: %s: %s\n", what, strerror(errno));
  _exit(kCannot);
}

static int owner_of(char** argv) {
  int pid = 0;
  for (; *argv; ++argv)
    if (sscanf(*argv, "guest=kproof-%d-", &pid) == 1) return pid;
  return 0;
}

static struct user parse_user(const char* text) {
  struct user user = {0};
  char* end = NULL;
  user.uid = (uid_t)strtoul(text, &end, 10);
  while (*end && user.count < kGroups)
    user.groups[user.count++] = (gid_t)strtoul(end + 1, &end, 10);
  errno = EINVAL;
  if (user.uid == 0 || user.count == 0) fail("KPROOF_RUN_AS");
  return user;
}

/* What stands between `before`, which ends in a place of `argument`, and `after`; ",," is a comma.
 */
struct span {
  const char *begin, *end;
};
static struct span find(const char* argument, const char* before, char after) {
  const char* at = strstr(argument, before);
  struct span found = {NULL, NULL};
  if (!at) return found;
  found.begin = found.end = at + strlen(before);
  while (*found.end && (*found.end != after || (after == ',' && found.end[1] == ',')))
    found.end += after == ',' && *found.end == ',' ? 2 : 1;
  return found;
}

static char* path_in(struct span span) {
  char *path = calloc((size_t)(span.end - span.begin) + 1, 1), *to = path;
  if (!path) fail("memory");
  for (const char* from = span.begin; from < span.end; ++from) {
    *to++ = *from;
    if (from[0] == ',' && from + 1 < span.end && from[1] == ',') ++from;
  }
  return path;
}

static char* replaced(const char* argument, struct span span, const char* form, int fd) {
  char place[64], *made = NULL;
  snprintf(place, sizeof place, form, fd);
  if (asprintf(&made, "%.*s%s%s", (int)(span.begin - argument), argument, place, span.end) < 0)
    fail("memory");
  return made;
}

/*
 * Not closed at exec. QEMU opens it once more by its number, for which the file's own permissions
 * count: what it writes to becomes `owner`'s, and kernels and images all may read.
 */
static int open_for(const char* path, int flags, const struct user* owner) {
  const int fd = open(path, owner ? flags | O_NOFOLLOW : flags, 0644);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) fail(path);
  errno = EINVAL;
  if (!S_ISREG(status.st_mode)) fail(path);
  if (owner && fchown(fd, owner->uid, owner->groups[0]) != 0) fail(path);
  return fd;
}

static int open_directory(const char* path) {
  const int fd = open(path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) fail(path);
  return fd;
}

static int connect_to(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  errno = ENAMETOOLONG;
  if (strlen(path) >= sizeof address.sun_path) fail(path);
  strcpy(address.sun_path, path);
  if (fd < 0 || connect(fd, (struct sockaddr*)&address, sizeof address) != 0) fail(path);
  return fd;
}

static const char kFd[] = "/proc/self/fd/%d";

/* libvirt has opened it and hands it on (-add-fd): QEMU only duplicates that. */
static int is_open(struct span path) {
  return strncmp(path.begin, "/dev/fdset/", strlen("/dev/fdset/")) == 0;
}

/* The arguments of QEMU that name files, as libvirt 9 writes them. */
static char* opened(const char* option, char* argument, const struct user* user) {
  const struct span whole = {argument, argument + strlen(argument)};
  struct span path;
  if (strcmp(option, "-kernel") == 0 || strcmp(option, "-initrd") == 0)
    return replaced(argument, whole, kFd, open_for(argument, O_RDONLY, NULL));
  if (strcmp(option, "-fsdev") == 0 && (path = find(argument, ",path=", ',')).begin)
    return replaced(argument, path, kFd, open_directory(path_in(path)));
  if (strncmp(argument, "file,id=charserial", 18) == 0 &&
      (path = find(argument, ",path=", ',')).begin && !is_open(path))
    return replaced(argument, path, kFd,
                    open_for(path_in(path), O_WRONLY | O_CREAT | O_APPEND, user));
  if (strncmp(argument, "socket,id=charchannel", 21) == 0 &&
      (path = find(argument, ",path=", ',')).begin) {
    const int fd = connect_to(path_in(path));
    path.begin -= strlen("path=");
    return replaced(argument, path, "fd=%d", fd);
  }
  if (strstr(argument, "\"qom-type\":\"secret\"") &&
      (path = find(argument, "\"file\":\"", '"')).begin)
    return replaced(argument, path, kFd, open_for(path_in(path), O_RDONLY, user));
  if (strstr(argument, "\"qom-type\":\"memory-backend-file\"") &&
      (path = find(argument, "\"mem-path\":\"", '"')).begin)
    return replaced(argument, path, kFd, open_for(path_in(path), O_RDWR, user));
  return argument;
}

/* No way back, and no set-user-ID program leads to more. */
static void become(const struct user* user) {
  if (setgroups(user->count, user->groups) != 0) fail("setgroups");
  if (setresgid(user->groups[0], user->groups[0], user->groups[0]) != 0) fail("setresgid");
  if (setresuid(user->uid, user->uid, user->uid) != 0) fail("setresuid");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("PR_SET_NO_NEW_PRIVS");
}

static void drop_root(char** argv) {
  const char* as = getenv("KPROOF_RUN_AS");
  if (!as) return;
  const struct user user = parse_user(as);
  unsetenv("KPROOF_RUN_AS");
  for (char** argument = argv + 1; *argument; ++argument)
    *argument = opened(argument[-1], *argument, &user);
  become(&user);
}

int main(int argc, char** argv) {
  const int owner = owner_of(argv);
  (void)argc;
  if (owner) drop_root(argv);
  /* After the change of user, which takes it back. */
  if (owner && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("PR_SET_PDEATHSIG");
  if (owner && getppid() != owner) {
    fprintf(stderr, "qemu-tied: kproof (pid %d) is gone; my parent is %d\n", owner, getppid());
    return kCannot;
  }
  execvp("qemu-system-x86_64", argv);
  perror("qemu-tied: qemu-system-x86_64");
  return 127;
}
