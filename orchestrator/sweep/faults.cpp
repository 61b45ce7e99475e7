#include "sweep/faults.hpp"

#include <fmt/format.h>

#include "report/json.hpp"
#include "source/unbuildable.hpp"
#include "sweep/run_cell.hpp"
#include "util/error.hpp"

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

model::CellResult record_fault(const PreparedCell& cell, const Fault& fault, const fs::path& out) {
  model::CellResult result = blank_result(cell);
  result.judgement = {
      .verdict = model::Verdict::broken, .blame = fault.blame, .reason = fault.text};
  const fs::path directory = out / "cells" / cell.cell.id;
  fs::remove_all(directory);
  fs::create_directories(directory);
  report::write_cell(directory, result);
  return result;
}

}  // namespace kproof::sweep
