// userfaultfd(2): what its users here share.
#pragma once

#include <cstdint>

namespace kproof::mm {

// With these UFFD_FEATURE_*; -1 and errno, EINVAL where the kernel does not know one of them.
int open_userfaultfd(std::uint64_t features);

}  // namespace kproof::mm
