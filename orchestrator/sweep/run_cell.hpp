// One cell: boot, watch, read the logs, judge; and again where the emulator may have failed.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "model/result.hpp"
#include "run/runner.hpp"
#include "sweep/inspection.hpp"
#include "sweep/prepare.hpp"
#include "sweep/visit.hpp"
#include "virt/connection.hpp"

namespace kproof::sweep {

struct Site {
  virt::Connection& connection;
  model::Accel accel;
  std::filesystem::path out;               // of the run; the cell's directory is out/cells/<id>
  std::filesystem::path runtime_dir;       // sockets
  std::filesystem::path emulator;          // "" with a daemon
  std::string run_as;                      // whom QEMU runs as (vm::GuestSpec)
  bool dump_on_hang = false;               // the memory of an L1 that hangs
  std::string hypervisor = {};             // host::hypervisor()
  const Visit* visit = nullptr;            // a user's command runs in the place of the case
  const Inspection* inspection = nullptr;  // of its one cell
  run::HoldWishes hold = {};
  std::function<void(const std::string&)> say = [](const auto&) {};  // what is worth a line
};

// What is known of the cell before it runs.
model::CellResult blank_result(const PreparedCell& cell);

// `serial`: unique in this process, and small: guests' names are made of it. An attempt that does
// not count (verdict/emulator.hpp) is kept in out/cells/<id>.attempt-<n>. Nothing when stopped by
// request, or when a visitor left; then no cell.json is written. A visit and an inspection have one
// attempt. A
// HostError of the cell alone (no room for its logs) becomes its verdict, broken.
std::optional<model::CellResult> run_cell(const PreparedCell& cell, const Site& site,
                                          unsigned serial, const run::StopRequest& stop,
                                          const run::PhaseListener& on_phase);

}  // namespace kproof::sweep
