// Owners of libvirt's reference-counted handles. Internal to virt/.
#pragma once

#include <memory>
#include <string>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "util/error.hpp"

namespace kproof::virt {

struct Close {
  void operator()(virConnectPtr connection) const noexcept { virConnectClose(connection); }
  void operator()(virDomainPtr domain) const noexcept { virDomainFree(domain); }
};
using ConnectHandle = std::unique_ptr<virConnect, Close>;
using DomainHandle = std::unique_ptr<virDomain, Close>;

inline HostError last_error(const std::string& what, const std::string& hint = "") {
  return HostError(what + ": " + virGetLastErrorMessage(), hint);
}

}  // namespace kproof::virt
