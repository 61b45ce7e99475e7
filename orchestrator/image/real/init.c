/* PID 1 of a guest that only shows that kernel, image and modules fit: loads what the manifest
 * lists, in order, says so on the console, powers off. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  return fd < 0 ? -1 : (int)syscall(SYS_finit_module, fd, "", 0);
}

int main(void) {
  FILE* manifest = fopen("/kproof/modules", "r");
  char path[4096];

  while (manifest && fgets(path, sizeof(path), manifest)) {
    path[strcspn(path, "\n")] = 0;
    printf("%s %s\n", load(path) ? "REFUSED" : "LOADED", path);
  }
  printf("INIT-DONE\n");
  fflush(stdout);
  reboot(RB_POWER_OFF);
  return 0;
}
