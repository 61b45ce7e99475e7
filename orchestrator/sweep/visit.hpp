// A command of a user's in the guest of a cell, in the place of its case: kproof exec, kproof
// shell.
//
// The guest is the cell's: kernel, command line, memory, devices, modules, guests inside. What it
// has beside that are the host's files, by 9p. The kernel is judged as ever, by its console and by
// kmsg; what the command says and how it ends is the user's, and not judged.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/qemu_user.hpp"
#include "image/host_program.hpp"
#include "run/observe.hpp"
#include "run/runner.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

struct Visit {
  std::vector<std::string> argv;
  std::size_t level = 1;            // where it runs
  bool terminal = false;            // on a pty
  bool input = false;               // it gets our stdin
  std::filesystem::path directory;  // where it runs, absolute
  bool writable = false;            // that directory
  bool hidden = false;              // it cannot be shared (hold_to_rights())
  std::optional<util::Millis> timeout;
  std::vector<std::pair<std::string, std::string>> environment;
  run::Visitor* visitor = nullptr;                    // borrowed
  std::function<void(const std::string&)> warn = {};  // of what it does not get
};

// What a cell that only a visit needs has for a case.
inline constexpr const char* kNoCase = "command";

// The guest of the cell, without its case. ConfigError where the topology has no such level.
PreparedCell visited(PreparedCell sized, const Visit& visit);

// What QEMU's user may not do in the directory is told, and one that he may not read is hidden: he
// opens it for the guest.
void hold_to_rights(Visit& visit, const host::QemuUser& user);

// Modules by which a guest gets to the host's files.
extern const std::vector<std::string> kShareModules;

// Why the host's files cannot be had in this kernel, a sentence each; `closure` is that of
// kShareModules. Where nothing is known of its config it is empty, and the guest finds out. Pure,
// but for the hint.
std::vector<std::string> why_no_files(const Kernel& kernel, const image::ModuleClosure& closure,
                                      const SymbolHint& hint);
// The same of a terminal.
std::vector<std::string> why_no_terminal(const Kernel& kernel, const SymbolHint& hint);

// What the image holds where the host's files are not there, or nobody knows: the command's program
// and the usual ones of this host, with their libraries. HostError for a program that cannot be
// had.
image::Files programs_of(const Visit& visit);
// The usual ones alone.
image::Files usual_programs();

// The job is the visit's from here on. `cell` is prepared. Pure.
void put_visit(run::GuestJob& job, const PreparedCell& cell, const Visit& visit);

// What of a guest's record is not the kernel's doing but the user's: how his command ended, if it
// was not killed at its deadline, what it printed, and taint that his own modules brought. Pure.
void leave_out_command(run::GuestRecord& record, std::vector<run::Observed>& seen);

}  // namespace kproof::sweep
