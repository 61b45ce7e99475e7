// The functions that a report passes through on the way to what it is about, and the choice among
// those that are left.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <re2/set.h>

#include "console/families.hpp"
#include "console/frames.hpp"

namespace kproof::console {

// Names that match one of many expressions, which are searched in the name: "kasan" covers
// __kasan_report and kasan_save_stack.
class NameSet {
 public:
  NameSet(std::initializer_list<const char*> expressions);
  explicit NameSet(std::initializer_list<Families> tables);
  bool contains(std::string_view name) const;

 private:
  RE2::Set set_;
};

// Never blamed: what prints reports, allocates, copies, locks, and thin wrappers of them.
bool is_machinery(std::string_view function);

Blame pick_frame(const std::vector<std::string>& frames, Pick pick);

}  // namespace kproof::console
