// A place of the kernel as a stack trace names it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::symbols {

// "do_mprotect_pkey+0x2ec/0x470", "kvm_zap_rmapp+0x31/0x60 [kvm]".
struct FrameRef {
  std::string function;  // as the symbol table has it: "foo.isra.0"
  std::uint64_t offset = 0, size = 0;
  std::string module;  // "": the kernel itself
  // Where the CPU stood (RIP, pc, ...). Otherwise a return address: the call is just before it.
  bool exact = false;
};

// The first in a line of a trace, whatever stands before it.
std::optional<FrameRef> find_frame_ref(std::string_view line);

}  // namespace kproof::symbols
