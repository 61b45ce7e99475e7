/*
 * The emulator that embedded libvirt starts: QEMU, tied to the life of kproof.
 *
 * libvirt daemonises QEMU, so nothing would end it when kproof is killed with SIGKILL. But kproof
 * is a child subreaper: the daemonised process is adopted by it before libvirt lets it exec (the
 * hand-shake in virCommandRun comes after the intermediate process was reaped). So the parent here
 * is kproof, and the kernel sends QEMU a SIGKILL when that parent dies, however it dies.
 *
 * The domain is named kproof-<pid of kproof>-<n>: if our parent is already somebody else, kproof
 * died just before the prctl, and we must not start. libvirt also runs us to probe for
 * capabilities, with no such name; QEMU then ends by itself.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int owner_of(char** argv) {
  int pid = 0;
  for (; *argv; ++argv)
    if (sscanf(*argv, "guest=kproof-%d-", &pid) == 1) return pid;
  return 0;
}

int main(int argc, char** argv) {
  const int owner = owner_of(argv);
  (void)argc;
  if (owner && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    perror("qemu-tied: PR_SET_PDEATHSIG");
    return 126;
  }
  if (owner && getppid() != owner) {
    fprintf(stderr, "qemu-tied: kproof (pid %d) is gone; my parent is %d\n", owner, getppid());
    return 126;
  }
  execvp("qemu-system-x86_64", argv);
  perror("qemu-tied: qemu-system-x86_64");
  return 127;
}
