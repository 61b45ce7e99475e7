#include "sweep/faults.hpp"

#include <fmt/format.h>

#include "report/json.hpp"
#include "source/unbuildable.hpp"
#include "sweep/run_cell.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

static Fault fault_of(model::Blame blame, const Error& error) {
  std::string text = error.what();
  if (!error.hint().empty()) text += "\nhint: " + error.hint();
  return {.blame = blame, .text = text, .what = std::current_exception()};
}

Fault current_fault() {
  try {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const source::Unbuildable& error) {
    Fault fault = fault_of(model::Blame::config, error);
    fault.unbuildable = true;
    return fault;
  } catch (const ConfigError& error) {
    Fault fault = fault_of(model::Blame::config, error);
    fault.usage = true;
    return fault;
  } catch (const HostError& error) {
    return fault_of(model::Blame::host, error);
  } catch (const fs::filesystem_error& error) {
    return {.blame = model::Blame::host, .text = error.what(), .what = std::current_exception()};
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
