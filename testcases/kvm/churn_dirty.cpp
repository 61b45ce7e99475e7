// The dirty log holds each page that the guest wrote, whatever was done to its protection before.
#include <cerrno>
#include <cstring>

#include <linux/kvm.h>
#include <sys/mman.h>

#include "kvm/churn.hpp"
#include "kvm/flush.hpp"

namespace kproof::kvm::churn {

bool write_some(Machine& machine, lib::Check& check, std::size_t first, std::size_t step) {
  const std::size_t count = (machine.words() - first + step - 1) / step;
  const Exit exit = machine.vcpu().call(GuestProgram::fill,
                                        {machine.gva(first), count, step * machine.stride(), 1});
  return check.that(exit.done(), "the guest's writes: %s", exit.text().c_str());
}

void expect_logged(const Machine& machine, const DirtyLog& log, lib::Check& check,
                   std::size_t first, std::size_t step, const char* when) {
  std::size_t missing = 0, written = 0;
  for (std::size_t word = first; word < machine.words(); word += step, ++written)
    missing += !log.has(word * machine.stride());
  check.that(missing == 0, "%s: %zu of %zu pages that the guest wrote are not in the log", when,
             missing, written);
}

DirtyLog start_log(Machine& machine) {
  machine.vm().set(machine.slot(KVM_MEM_LOG_DIRTY_PAGES));
  return {machine.vm(), machine.slot()};
}

// To read the log of pages that were written takes the right to write from SPTEs; a TLB that
// has kept it lets the guest write unlogged. Intel's PML logs by the dirty bit: the same there.
template <class Act>
static void expect_flush(Machine& machine, lib::Check& check, const char* what, Act act) {
  const Stats& stats = machine.vm().stats();
  const std::uint64_t before = flush_requests(stats);
  act();
  check.that(flush_requests(stats) > before || !flushes_uncounted(stats).empty(),
             "%s of written pages asked for no flush of the TLBs", what);
}

void logged(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!write_some(machine, check, 0, 1)) return;
  DirtyLog log = start_log(machine);
  for (const std::size_t step : {1, 2, 3}) {
    if (!write_some(machine, check, step - 1, step)) return;
    expect_flush(machine, check, "KVM_GET_DIRTY_LOG", [&] { log.get(); });
    expect_logged(machine, log, check, step - 1, step, "written");
    log.get();
    check.that(log.pages() == 0, "%zu pages are dirty that nobody wrote", log.pages());
  }
}

void logged_after_mprotect(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!write_some(machine, check, 0, 1)) return;
  DirtyLog log = start_log(machine);
  for (const int prot : {PROT_READ, PROT_NONE}) {
    if (!write_some(machine, check, 0, 2)) return;
    machine.region().protect(check, prot);
    const Exit exit = machine.write(1, 1);
    check.that(exit.refused(), "the guest's write under %s: %s", mm::prot_name(prot),
               exit.text().c_str());
    machine.region().protect(check, mm::kReadWrite);
    log.get();
    expect_logged(machine, log, check, 0, 2, "written before mprotect");
    const Exit again = machine.vcpu().resume();
    check.that(again.done(), "the refused write, read-write again: %s", again.text().c_str());
    if (!write_some(machine, check, 1, 2)) return;
    log.get();
    expect_logged(machine, log, check, 1, 2, "written after mprotect");
  }
}

void cleared_by_hand(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!protect_manually(machine.vm()))
    return check.skip("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is missing");
  if (!write_some(machine, check, 0, 1)) return;
  DirtyLog log = start_log(machine);
  for (const std::size_t step : {1, 2, 3}) {
    if (!write_some(machine, check, 0, step)) return;
    log.get();
    expect_logged(machine, log, check, 0, step, "written");
    log.get();
    expect_logged(machine, log, check, 0, step, "not yet cleared");
    machine.region().protect(check, PROT_READ);
    log.clear();
    machine.region().protect(check, mm::kReadWrite);
    log.get();
    check.that(log.pages() == 0, "%zu pages are dirty after KVM_CLEAR_DIRTY_LOG", log.pages());
  }
}

// The last pages of such a slot are no whole word of the bitmap.
void cleared_to_the_end(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!protect_manually(machine.vm()))
    return check.skip("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is missing");
  Slot slot = machine.slot(KVM_MEM_LOG_DIRTY_PAGES);
  slot.size -= kPage4K;
  machine.vm().remove(slot.id);
  machine.vm().set(slot);
  DirtyLog log(machine.vm(), slot);
  const std::size_t last = (slot.size - 1) / machine.stride();
  for (unsigned round = 0; round < 2; ++round) {
    const Exit exit = machine.write(last, 1);
    if (!check.that(exit.done(), "the guest's write: %s", exit.text().c_str())) return;
    log.get();
    check.that(log.has(last * machine.stride()), "the last page written is not in the log");
    const int error = log.try_clear();
    check.that(error == 0, "KVM_CLEAR_DIRTY_LOG of all %zu pages: %s", slot.size / kPage4K,
               strerrorname_np(error));
    log.get();
    check.that(log.pages() == 0, "%zu pages are dirty after KVM_CLEAR_DIRTY_LOG", log.pages());
  }
}

// No bit of what is asked for is set, so that a KVM that takes it changes nothing.
void cleared_beyond(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!protect_manually(machine.vm()))
    return check.skip("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is missing");
  DirtyLog log = start_log(machine);
  const std::size_t pages = machine.region().length() / kPage4K;
  const std::size_t behind = (pages + 63) / 64 * 64;
  for (const std::size_t first : {behind, behind + 64, 2 * behind}) {
    const int error = log.try_clear(first, 64);
    check.that(error == EINVAL, "KVM_CLEAR_DIRTY_LOG of 64 pages from %zu on, of %zu: %s", first,
               pages, error ? strerrorname_np(error) : "success");
  }
}

}  // namespace kproof::kvm::churn
