// A process may end while another keeps its VM by an open file. Its memory is freed then, and SPTEs
// of it must go before (kvm_mmu_notifier_release): nobody calls the notifier for each page of a
// dying mm.
#include <csignal>

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvm/stale.hpp"
#include "lib/child_check.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

namespace {

// What the process tells by shared memory before it ends.
struct Told {
  std::uint64_t sptes;
  int stats;  // an open file, as those of the process are its parent's, too
};

}  // namespace

[[noreturn]] static void fill_and_end(Context& context, Told& told) {
  Machine machine = context.machine();
  lib::Check check;
  const bool filled = fill(machine, check);
  told = {count_sptes(machine.vm().stats()).all(), machine.vm().stats().fd()};
  ::_exit(filled ? 0 : 1);
}

static void expect_gone(Context& context, lib::Check& check) {
  auto* told = static_cast<Told*>(
      lib::safe::mmap(nullptr, kPage4K, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const long pid =
      lib::safe::check(::syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0), "clone");
  if (pid == 0) fill_and_end(context, *told);
  int status = -1;
  lib::safe::check(::waitpid(static_cast<pid_t>(pid), &status, 0), "waitpid");
  if (!check.that(status == 0 && told->sptes > 0, "the VM's process: wait status %#x, %lu SPTEs",
                  status, told->sptes))
    return;
  const Stats stats(Stats::Opened{told->stats});
  const std::uint64_t left = count_sptes(stats).all();
  check.that(left == 0, "%lu of %lu SPTEs map memory of a process that has ended", left,
             told->sptes);
}

// In a child, whose end closes the VM.
void left_by_its_process(Context& context, lib::Check& check) {
  lib::check_in_child(check, [&](lib::Check& childs) { expect_gone(context, childs); });
}

}  // namespace kproof::kvm::stale
