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

// Never blamed: what prints reports, allocates, copies, locks, and thin wrappers of them. A
// function of a module is none of the core's, whatever its name begins with, unless that is the
// whole name: the compiler leaves copies of small ones in modules.
bool is_machinery(std::string_view function, bool in_module = false);

// Of the machinery, what prints: it says nothing of the fault, even where nothing else is named.
bool is_reporter(std::string_view function);

// No machinery, but the community passes over it, for a word in its name: "kmalloc_oob_right".
bool sounds_like_machinery(std::string_view function);

// "sys_openat", on any architecture.
bool is_syscall(std::string_view function);

// Hands work on, as a system call does, so that its name says nothing of what takes so long.
bool is_dispatcher(std::string_view function);

// Of a stack, from the innermost outwards, without machinery.
struct Frame {
  std::string name;
  bool sounds = false;  // sounds_like_machinery()
};
Culprit pick_frame(const std::vector<Frame>& frames, Pick pick);

}  // namespace kproof::console
