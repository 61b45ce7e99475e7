// Runs one guest from start to end: polls, and does what the session says.
#pragma once

#include <functional>
#include <optional>

#include "agent/messages.hpp"
#include "model/outcome.hpp"
#include "run/deadlines.hpp"
#include "run/files.hpp"
#include "run/stop.hpp"
#include "virt/connection.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::run {

struct GuestJob {
  vm::GuestSpec
      guest;  // paths of console and socket filled in; nvdimm_file is made here, and unlinked
  agent::Job job;
  Deadlines deadlines;
  CellFiles files;  // the directory exists
};

struct GuestStory {
  model::RunOutcome outcome;
  std::string release;             // uname -r, "" when there was no hello
  std::size_t output_dropped = 0;  // bytes of the case's stdout over its limit
};

using PhaseListener = std::function<void(model::Phase)>;

// Nothing when stopped by request. When it returns or throws (HostError), no QEMU runs and every
// file of the guest but its logs is gone. A guest that libvirt cannot start is an outcome
// (HostFault), with QEMU's words.
std::optional<GuestStory> run_guest(virt::Connection& connection, const GuestJob& job,
                                    const StopRequest& stop, const PhaseListener& on_phase);

}  // namespace kproof::run
