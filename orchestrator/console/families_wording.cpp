// What the community passes over although it is no machinery.
#include "console/families.hpp"

namespace kproof::console {

// It takes these words for machinery wherever they stand in a name, so that its titles name what
// called a function like kmalloc_oob_right() or panic_test_init().
static constexpr const char* kWordingFamilies[] = {"k[vmzc]*[mzc]alloc",
                                                   "kv?realloc",
                                                   "k[vz]*free",
                                                   "alloc_pages?(_|$)",
                                                   "memcpy",
                                                   "memcmp",
                                                   "memset",
                                                   "memchr",
                                                   "memmove",
                                                   "memscan",
                                                   "(mem|strn?)dup",
                                                   "copy_(struct_)?(to|from|in)_user",
                                                   "dump_(stack|backtrace)",
                                                   "printk",
                                                   "panic",
                                                   "lock_acquire",
                                                   "lock_release",
                                                   "spin_lock",
                                                   "spin_trylock",
                                                   "spin_unlock",
                                                   "_write_(un)?lock(_nested)?$",
                                                   "rt_?mutex",
                                                   "queue_(delayed_|rcu_)?work",
                                                   "(drain|destroy|flush)_workqueue",
                                                   "sk_(stop|reset)_timer"};

Families wording_families() {
  return kWordingFamilies;
}

}  // namespace kproof::console
