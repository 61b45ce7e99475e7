/* A stand-in for vmlinux: compiled with -g -O2, and only its symbols are looked at. */
extern volatile int sink;
volatile int sink;

static inline __attribute__((always_inline)) void zap_leaf(int level) {
  sink = level;
}

static inline __attribute__((always_inline)) void zap_range(int level) {
  zap_leaf(level + 1);
}

__attribute__((noinline)) int change_protection(int level) {
  zap_range(level);
  return sink;
}

int _start(void) {
  return change_protection(1) + 1;
}
