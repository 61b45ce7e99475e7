#include "sweep/faults.hpp"

#include <fmt/format.h>

#include "report/json.hpp"
#include "source/unbuildable.hpp"
#include "sweep/run_cell.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

static Fault fault_of(model::Blame blame, const Error& error, bool usage) {
  std::string text = error.what();
  if (!error.hint().empty()) text += "\nhint: " + error.hint();
  return {.blame = blame, .text = text, .what = std::current_exception(), .usage = usage};
}

Fault current_fault() {
  try {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const source::Unbuildable& error) {
    return fault_of(model::Blame::config, error, false);
  } catch (const ConfigError& error) {
    return fault_of(model::Blame::config, error, true);
  } catch (const HostError& error) {
    return fault_of(model::Blame::host, error, false);
  } catch (const fs::filesystem_error& error) {
    return {model::Blame::host, error.what(), std::current_exception(), false};
  }
}

// Where the first one only announces it, "... does not build:", the second.
std::string first_words(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || end == 0 || text[end - 1] != ':') return text.substr(0, end);
  return text.substr(0, end) + " " + text.substr(end + 1, text.find('\n', end + 1) - end - 1);
}

model::CellResult record_fault(const PreparedCell& cell, const Fault& fault, const fs::path& out) {
  model::CellResult result = blank_result(cell);
  result.judgement = {
      .verdict = model::Verdict::broken, .blame = fault.blame, .reason = first_words(fault.text)};
  const fs::path directory = out / "cells" / cell.cell.id;
  fs::remove_all(directory);
  fs::create_directories(directory);
  util::write_file_atomically(directory / "fault.log", fault.text + "\n");
  result.files["fault"] = fs::relative(directory / "fault.log", out).string();
  report::write_cell(directory, result);
  return result;
}

}  // namespace kproof::sweep
