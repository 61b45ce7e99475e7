// A kselftest of several results; dynamic, as a distribution's own tests are.
#include <stdio.h>

int main(void) {
  puts("TAP version 13\n1..4");
  puts("# a remark\nok 1 the first");
  puts("not ok 2 a bug that is known # TODO later");
  puts("  TAP version 14\n  1..1\n  ok 1 inside\nok 3 what has tests inside");
  puts("ok 4 needs what there is not # SKIP no such device");
  return 0;
}
