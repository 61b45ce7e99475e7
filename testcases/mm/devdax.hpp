#pragma once

#include <string>

#include "lib/description.hpp"
#include "mm/mapping.hpp"

namespace kproof::mm {

// A devdax (/dev/daxX.Y) whose alignment is the entry size. Takes one that is there; else makes one
// of a pmem namespace through sysfs, which is what `ndctl create-namespace -m devdax -a` does. All
// that the namespace held is lost then, so that is only done in a throw-away guest. Bails out if
// there is neither.
class Devdax : public Provider {
 public:
  Devdax(std::size_t entry_size, std::size_t size);
  void* map(std::size_t length) override;
  std::uint64_t physical() const;  // where its memory begins; 0 if the kernel does not say

 private:
  std::string name_;  // "dax0.0"
  int fd_;
};

// `needs`, and the modules and kernel symbols that device DAX on an NVDIMM takes. How large the
// NVDIMM must be is for the case to say.
lib::Needs with_devdax(lib::Needs needs);

}  // namespace kproof::mm
