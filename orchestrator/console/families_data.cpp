// What is handed memory, or asked for it, and does as it is told.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kDataFamilies[] = {
    // Slabs, vmalloc, pools.
    "^_*(do_|devm_|drmm_|pcim_|sock_)?k[vmzc]*[mzc]alloc(_(node|array|large|large_node|order|trace|noprof|track_caller|nolock|cache|size|obj|flex|reserve|lru|bulk|index))*$",
    "^_*(devm_|do_)?kv?realloc(_(array|node|align|noprof))*$", 
    "^_*kmem_cache_(z?alloc|create|charge|debug|destroy|do_shrink|empty|flags|free|get_alloc|has_cpu_partial|init|is_duplicate_name|open|refill|release|sanity_check|setup|shrink|shutdown|size)(_(bulk|lru|nodes?|noprof|trace|usercopy|args|flags|late|memcg|deferred|debug|cpus|percpu|sheaf))*$",
    "^_*(devm_|sock_|sock_z|z)?k[vz]*free(_(sensitive|const|link|rcu|bulk|large|partial|skb|skbmem|skb_partial|skb_reason|skb_list|skb_list_reason|skb_defer_\\w+|call_rcu|rcu_(work|monitor|barrier|bulk|list|batch_init|drain_ready|mightsleep|shrink_(scan|count)|scheduler_running)|s))*(s_put_link)?$",
    "^_*slab_(alloc|free|p(re|ost)_alloc|pad|bug|fix|err|update|want|unlock|lock)",
    "^_*memcg_slab_", "^do_slab_free", "^_*(free|discard)_slab$", "^_*free_large_kmalloc$", "^(allocate|new|alloc)_slab(_page)?$", "^object_err$",
    "^_*cache_(alloc|grow|free|flusharray)", "^_*slob_", "^_*v[mz]_?alloc(_(32|user|area|node|array|huge|flags|caller|range|noprof|fault|meta|shadow|origin|sync|all|one|exec|nr_pages|to_page|to_pfn|dump_obj|init))*$", "^vfree(_atomic)?$",
    "^mempool_(alloc|create|destroy|exit|free|init|is_saturated|kfree|kmalloc|kvfree|kvmalloc|prepare|resize)(_(noprof|pages?|slab|node|kmalloc|kvmalloc|pool|preallocated|bulk))*$",
    "^_*ksize$",
    // Pages, folios, the page cache, memory of each CPU.
    "^_*(get_free_|folio_|vma_)?alloc_pages?(_(noprof|mpol|vma|node|current|nodemask|internal|nolock|bulk|bulk_array|bulk_list|bulk_array_node|exact|exact_node|exact_nid|slowpath|may_oom|direct_compact|direct_reclaim|cpuset_fallback|high_priority|interleave|preferred_many))*$", "^_*alloc_frozen", "^_*page_cache_alloc", "^get_zeroed_page",
    "^_*get_free_pages", "^get_page_from_freelist",
    "^_*free_(frozen_)?pages(_(ok|prepare|core|bulk|exact)|$)", "^free_unref",
    "^free_page_is_bad", "^free_(pcp_prepare|hot_cold|tail)", "^post_alloc_", "^prep_new_page",
    "^bad_(page$|range)", "^check_(new|free)_page", "^_*filemap_(alloc|get)_?(folio)?",
    "^_*folio_alloc(_mpol|_node)?(_noprof)?$", "^vma_alloc_folio", "^pagecache_get_page",
    "^grab_cache_page", "^do_read_cache_", "^find_(get|lock)_(entr|page)",
    "^truncate_(inode_pages|folio)", "^mark_buffer_dirty", "^__phys_addr", "^__percpu_",
    "^_*(alloc|free)_percpu", "^percpu_counter_(add|sub|sum|set)",
    // Memory is copied, cleared, compared; to user space and back too.
    "^(__|___|__pi_|__pi___|__asan_|__msan_|__hwasan_|__tsan_|arch_)?mem(cpy|cmp|set|chr|move|scan)_?(erms|orig|inv|io|fromio|toio|fromio_\\w+|flushcache|mcsafe|mcsafe_\\w+|alternative|explicit|p|l|16|32|64)?$",
    "^_*memcpy_(from|to)_(page|bvec|folio|file_folio|iter\\w*|skb\\w*|msg)$", "^bcmp$", "^memzero",
    "^mmio(set|cpy)$", "^rep_(movs|stos)", "^_*(v|k|kv|devm_k|devm_)?(mem|strn?)dup(_(user|user_nul|nul|const|quotable|array|array_user|noprof))*$", "^_*((raw|inline|strn?cpy)_)?_*copy_(struct_)?(to|from|in)_user(_(nmi|nofault|inatomic|inatomic_nocheck|ll|iter|key|flushcache|mc|nocheck))*$", "^strn?cpy_from_user",
    "^_*copy_(to|from)_(bpfptr|buf|buffer|iter|kernel_nofault|page|sockptr|user)(_(allowed|csum|flushcache|fromio|full|inatomic|iter|mc|nocache|nofault|nontemporal|offset|page|std|toio))*$", "^_copy_(to|from)_pages$", "^_copy_mc_to_iter$",
    "^simple_copy_to_iter", "^copy_(page|folio)_(to|from)_iter",
    "^iterate_(and_advance|iovec|bvec|kvec|ubuf|xarray|folioq)", 
    "^_*copy_user(_(generic|enhanced|short|handle|nocache|string)|$)", "^(copyin|copyout)$",
    "^raw_copy_(to|from|in)_user$", "^_*(arch_)?clear_user", "^_*(put|get)_user(_nocheck)?(_[0-9]+|_bad)?$",
    "^_*do_str(ncpy_from|nlen)_user", "^_*strnlen_user", "^fault_in_", "^iov_iter_fault",
    "^_*usercopy_(abort|warn)$", "^_*check_(heap|copy|object|stack)(_|$)",
    "^_*check_(heap_object|object_size|element)",
    // Strings, formatted output, numbers.
    "^(__pi_)?str(n?(cpy|cat|cmp|casecmp|len|str|chr)|r?chr|l(cpy|cat)|scpy)(_pad|_skip_quote|_user(_nofault)?|_from_(bpfptr|kernel_nofault|sockptr|user(_nofault)?))?$",
    "^str(sep|p?spn|cspn|pbrk|im)(_|$)",
    "^(__pi_)?str(nchr|nchrnul|chrnul|ncpy_from_user|replace|reverse|strip)", "^sized_strscpy",
    "^stpcpy$", "^(kas|v?as|v?s[cn]?n?|kvas|kva?s|seq_v?|v?bin_?|bstr_|devm_kv?as|b)printf", "^vbin_printf",
    "^v?sscanf$", "^seq_(puts|putc|escape)", "^string$", "^string_(nocheck|escape|unescape)",
    "^skip_spaces$", "^(bitmap(_list)?|ip[46]?(_compressed)?(_addr)?|mac_address)_string",
    "^(resource|symbol|uuid|device_node)_string",
    "^(fwnode|escaped|flags|fourcc|pointer|widen|hex|error)_string",
    "^(restricted_|default_)?pointer$", "^(file_)?dentry_name$", "^bdev_name$", "^number$",
    "^special_hex_number$", "^put_dec", "^format_decode", "^_*match_string", "^hex(2bin|_to_bin)$",
    "^_?kstrto", "^simple_strn?to", "^_parse_integer",
    // Containers.
    "^_*[hklp]?list_(bl_|nulls_)?(add|del|move|replace|splice|cut)(_(all|all_rcu|batch|before|clearprev|careful|fake|first|this|leaf_cfs_rq|sorted|before_rcu|behind|behind_rcu|bl|entry|event|head|head_rcu|init|init_rcu|or_report|position|rcu|tail|tail_init|tail_rcu|valid|requeue))*$", "^xas_\\w+$", "^(__)?xa_\\w+$",
    "^ida_(alloc|free|destroy)", "^_*rb_(erase|insert|next|prev|first|last|link|replace|rotate)",
    "^_*rhl?t(able)?_(bucket|key|ptr|lookup|insert|remove|grow|shrink)\\w*$",
    "^klist_(add|del|put|dec|release|node|next|prev|iter|init)",
    "^_*rhashtable_(lookup|insert|remove|replace|walk|rehash|shrink|init|free|destroy|jhash)\\w*$",
    "^_*bitmap_(and|or|xor|andnot|set|clear|zero|fill|copy|find|parse)\\w*$",
    "^_*bitmap_(weight|equal|empty|full|subset|intersects)\\w*$",
    "find_(first|next|last|nth)_(and_|andnot_|or_)?(zero_)?bit\\w*$", "^__sw_hweight", "^(get|put)_unaligned\\w*$",
    // Network buffers: too little room or data is their user's mistake.
    "^_*skb_(put|pull|push)(_data|_zero|_u8)?$", "^skb_(over_|under_)?panic$",
    // Firmware and hypervisors, asked by one instruction.
    "^plpar_(hcall|pte)", "^_*arm_smccc_", "^_*hv_do_(fast_)?hypercall", "^opal_call", "^_*sbi_ecall",
    // Registers of devices, and what a compiler puts in the way.
    "^io(read|write)(8|16|32|64)\\w*$", "^(__raw_)?(read|write)[bwlq]$", "^__raw_(read|write)[bwlq]\\w*$",
    "^(in|out)[bwl](_p)?$", "^_?inl_p", "^_?logic_(in|out)", "indirect_thunk",
    "^__x86_return_thunk", "^srso_", "^retbleed_"};
// clang-format on

Families data_families() {
  return kDataFamilies;
}

}  // namespace kproof::console
