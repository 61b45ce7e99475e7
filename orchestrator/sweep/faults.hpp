// What keeps one cell from being run, where the others need not suffer for it.
#pragma once

#include <exception>
#include <filesystem>
#include <string>

#include "model/result.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

struct Fault {
  model::Blame blame = model::Blame::host;
  std::string text;          // for people: what is wrong, and what to do next
  std::exception_ptr what;   // as it was thrown
  bool unbuildable = false;  // source::Unbuildable
  bool usage = false;        // a mistake in the plan or the command, and not a kernel's own
};

// Of the exception in flight. Interrupted is none, and goes on.
Fault current_fault();

// The line of a fault that says what it is. Pure.
std::string first_words(const std::string& text);

// The cell's result: broken. Logs that an earlier run left are removed; cell.json and fault.log,
// the whole text, are written. HostError when that cannot be.
model::CellResult record_fault(const PreparedCell& cell, const Fault& fault,
                               const std::filesystem::path& out);

}  // namespace kproof::sweep
