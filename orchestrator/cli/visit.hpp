// What kproof exec and kproof shell have in common.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/visit_plan.hpp"
#include "util/fd.hpp"

namespace kproof::cli {

struct VisitOptions {
  WhichGuest guest;
  unsigned level = 1;
  bool writable = false, as_root = false, verbose = false;
  std::string out, accel = "auto", timeout, cache_budget;
  std::vector<std::string> argv;
};

// All but KERNEL, --timeout and the command itself.
void add_visit_options(Command& command, VisitOptions& options);

// Readable when the size of the terminal has changed. In all threads that come a reader that is
// gone is an error of the write, and no signal.
util::Fd watch_terminal();

// Boots the guest, runs the command there and returns the exit code. `terminal`: on a pty, with all
// keys of the user's terminal; else with our stdin where that is none.
int visit(const VisitOptions& options, bool terminal);

inline constexpr const char* kVisitedKernelHelp =
    "a build tree, bzImage, vmlinux, .deb or .rpm; v6.12, a tag, built small; debian:6.12 or "
    "another "
    "package of a kernel; with --plan one of its kernels";

// How the guest looks inside.
inline constexpr const char* kVisitedHost =
    "Its root is the host's, read-only, by 9p; /tmp, /run, /dev, /proc and /sys are the guest's "
    "own, "
    "and so is the home, /tmp. It starts in the current directory, which is read-only too, unless "
    "--rw is given, as with virtme-ng. Files are opened with the rights of the user that QEMU runs "
    "as: libvirt-qemu, where kproof is root. What only root may read is then not seen, nor written "
    "to by --rw (--as-root has QEMU run as root). The guest may read all that this user may. A "
    "kernel "
    "without 9p, and a guest inside another, have the command and usual programs of the host in "
    "their image instead.";

}  // namespace kproof::cli
