#pragma once

#include <cstddef>
#include <string>

namespace kproof::machine {

struct Devdax {
  std::string node;   // "/dev/dax0.0"
  std::string error;  // why there is none
};

// A devdax with this alignment and at least this size, in bytes. Takes one that is there; else
// makes one of a pmem namespace through sysfs, which is what `ndctl create-namespace -m devdax -a`
// does. All that the namespace held is lost then: only with `may_overwrite`.
Devdax devdax(std::size_t align, std::size_t size, bool may_overwrite);

}  // namespace kproof::machine
