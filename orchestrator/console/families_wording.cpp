// What the community passes over although it is no machinery.
#include "console/families.hpp"

namespace kproof::console {

// It takes these words for machinery wherever they stand in a name, or begin one, so that its
// titles name what called a function like kmalloc_oob_right() or kmem_cache_double_free().
static constexpr const char* kWordingFamilies[] = {
    "k[vmzc]*[mzc]alloc",
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
    "sk_(stop|reset)_timer",
    "kasan",
    "kmsan",
    "kcsan",
    "kfence",
    "ubsan",
    "kmemleak",
    "^_*(fortify|usercopy)_",
    "^__warn|^warn_(slowpath|alloc|bogus)",
    "^_*(kmem_cache|v[mz]_?alloc|vfree|mempool_)",
    "^_*copy_(mc_)?(to|from)_",
    "^raw_copy_",
    "^(__pi_)?str(n?(cpy|cat|cmp|casecmp|len|str|chr)|r?chr|l(cpy|cat)|scpy)(_|$)",
    "^_*[hklp]?list_(bl_|nulls_)?(add|del|move|replace|splice|cut)",
    "^_*(ww_)?mutex_",
    "^_*(rwsem|refcount|kref|down|up|siphash)(_|$)",
    "^dput"};

Families wording_families() {
  return kWordingFamilies;
}

}  // namespace kproof::console
