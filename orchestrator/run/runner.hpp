// Runs one guest, and those inside of it, from start to end: polls, and does what each level's
// session says. A guest inside is driven like L1: its frames come and go through the agents around
// it, its console in frames; only to stop it is to ask the agent around it.
#pragma once

#include <functional>
#include <optional>

#include "model/outcome.hpp"
#include "run/core_keeper.hpp"
#include "run/files.hpp"
#include "run/hold.hpp"
#include "run/level_watch.hpp"
#include "run/stop.hpp"
#include "run/trace_keeper.hpp"
#include "run/visitor.hpp"
#include "virt/connection.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::run {

struct GuestJob {
  vm::GuestSpec
      guest;  // paths of console and socket filled in; nvdimm_file is made here, and unlinked
  std::vector<LevelJob> levels;  // L1 first
  CellFiles files;               // the directory exists
  bool shares_socket = false;    // QEMU may run as another user, who must reach the agent's socket
  HoldWishes hold = {};
  std::filesystem::path door = {};  // where its user gets in (door.hpp); "" for none
  std::string facts = {};           // a JSON object: what its callers are told of it
  // Of the guest when it is held, and when it goes on: for its user.
  std::function<void(const std::string&)> say = [](const auto&) {};
  // Of the level `visited` the job is a user's command (agent::Job::visit), and this is he;
  // borrowed.
  Visitor* visitor = nullptr;
  std::size_t visited = 0;
  // The memory of L1 is read at the moment that matters, and what the agent of the level `traced`
  // records is fetched; borrowed. `own_case`: where the cell's own case runs.
  CoreKeeper* core = nullptr;
  TraceKeeper* trace = nullptr;
  std::size_t traced = 0, own_case = 0;
};

using GuestRecord = std::vector<LevelRecord>;  // L1 first, as many as levels

using PhaseListener = std::function<void(int level, model::Phase)>;

// Nothing when stopped by request, or when the user left. When it returns or throws (HostError), no
// QEMU runs and every file of the guest but its logs is gone. A guest that libvirt cannot start is
// an outcome (HostFault), with QEMU's words.
std::optional<GuestRecord> run_guest(virt::Connection& connection, const GuestJob& job,
                                     const StopRequest& stop, const PhaseListener& on_phase);

}  // namespace kproof::run
