// Who runs make where kproof is run as root.
#pragma once

#include <filesystem>

#include "util/user.hpp"

namespace kproof::source {

// A user of this tree alone, who needs no entry in passwd: equal for equal trees, and none that
// somebody has. So what a patch has make run may write to its own build and nowhere else: not to
// the source, to other trees, to kernels that are built, or to the root's ccache. Taken from the
// numbers that systemd gives to services that want such a user for a while (61184 and on, "Users,
// Groups, UIDs and GIDs on systemd Systems"), below the ones that Debian assigns for good.
util::User build_user(const std::filesystem::path& tree);

// HostError, with the next step, when that user cannot be had, or cannot get to the tree.
void require_usable(const util::User& user, const std::filesystem::path& tree);

}  // namespace kproof::source
