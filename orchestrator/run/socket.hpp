// Unix sockets that only their owner and root can connect to.
#pragma once

#include <filesystem>

#include "util/fd.hpp"

namespace kproof::run {

// Listens at `path`, at most 107 bytes, without blocking. HostError when it cannot.
util::Fd listen_for_owner(const std::filesystem::path& path);
// Nothing where nobody waits, or a stranger does.
util::Fd accept_owner(const util::Fd& listener);

}  // namespace kproof::run
