// Unix sockets that we listen at, most of them for their owner and root alone.
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "util/fd.hpp"

namespace kproof::run {

// Listens at `path`, at most 107 bytes, without blocking; `mode` says who can connect, `waiting`
// how many at once. HostError when it cannot.
util::Fd listen_at(const std::filesystem::path& path, mode_t mode, int waiting);
util::Fd listen_for_owner(const std::filesystem::path& path);
// Nothing where nobody waits, or a stranger does.
util::Fd accept_owner(const util::Fd& listener);

}  // namespace kproof::run
