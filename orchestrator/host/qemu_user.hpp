// Whom QEMU runs as where kproof is run as root: what a guest that breaks out of its machine gets.
#pragma once

#include <optional>
#include <string>

#include "model/topology.hpp"
#include "util/user.hpp"

namespace kproof::host {

struct QemuUser {
  std::string name;
  util::User user;
};

// The user that Debian or Fedora have for it, with the group of /dev/kvm; else nobody. Empty where
// kproof is not root. HostError, with the next step, when that user cannot be had, may not open
// /dev/kvm though `accel` wants it, or may not run QEMU.
std::optional<QemuUser> qemu_user(model::Accel accel);

// As virt/tied/qemu_tied.c reads it: "64055:107,36". Pure.
std::string to_run_as(const util::User& user);

}  // namespace kproof::host
