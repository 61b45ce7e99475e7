#include "kvm/inner_stress.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm/nodes.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"
#include "mm/mapping.hpp"

namespace kproof::kvm {

static constexpr int kToggles[] = {PROT_READ, mm::kReadWrite, PROT_NONE, mm::kReadWrite};
// Rounds from one of these to the next. To clear the soft-dirty bits zaps all of the guest.
static constexpr unsigned long kCleanEvery = 4, kCompactEvery = 16;
// To compress 4000 pages for the swap took a nested TCG twenty seconds.
static constexpr std::size_t kPageoutSize = std::size_t{256} << 10;

void Tally::add(long result, const char* what) {
  ++calls;
  if (result >= 0) return;
  if (failures++ == 0) reason = std::string(what) + ": " + std::strerror(static_cast<int>(-result));
}

// The file is opened by way of the process, which may have unlinked it.
static char* map_ours(pid_t pid, const InnerRam& ram, std::size_t length) {
  if (ram.fd < 0) return nullptr;
  const std::string path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(ram.fd);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  void* mapped =
      ::mmap(nullptr, length, mm::kReadWrite, MAP_SHARED, fd, static_cast<off_t>(ram.offset));
  ::close(fd);
  return mapped == MAP_FAILED ? nullptr : static_cast<char*>(mapped);
}

InnerStress::InnerStress(pid_t pid, const InnerRam& ram, std::size_t piece)
    : pid_(pid),
      remote_(pid),
      ram_(ram),
      piece_(std::min((piece + ram.page - 1) / ram.page * ram.page, ram.range.length)),
      ours_(map_ours(pid, ram, piece_)),
      nodes_(memory_nodes()),
      by_qemu_(ram.range, 1, pid),
      by_us_(ram.range, 1, ::gettid()) {}

InnerStress::~InnerStress() {
  if (ours_) ::munmap(ours_, piece_);
}

bool InnerStress::is_there(const HvaRange& piece) const {
  return can_count_pages(ram_) && !pages_with(kPresentBit, pid_, piece).empty();
}

// `changes`: the body changes entries of the RAM, so that KVM must be told. Nobody but the guest,
// whose faults only add entries, touches the piece meanwhile.
template <class Body>
void InnerStress::hear(Tally& tally, const InvalidationCounter& counters, bool changes, Body body) {
  const std::uint64_t before = counters.invalidations();
  body();
  const std::uint64_t heard = counters.invalidations() - before;
  tally.heard += heard;
  tally.unheard += changes && heard == 0;
}

void InnerStress::advise(Tally& tally, const HvaRange& piece, int advice, const char* name,
                         bool changes) {
  hear(tally, by_qemu_, changes, [&] {
    tally.add(remote_.call(SYS_madvise, {piece.start, piece.length, static_cast<unsigned>(advice)}),
              name);
  });
}

// A right that QEMU and its guest need is never taken: KVM_RUN would fail, and QEMU ends then.
void InnerStress::toggle_rights(const HvaRange& piece) {
  for (const int prot : {mm::kReadWrite | PROT_EXEC, mm::kReadWrite}) {
    const bool there = is_there(piece);
    hear(rights, by_qemu_, there, [&] {
      rights.add(
          remote_.call(SYS_mprotect, {piece.start, piece.length, static_cast<unsigned>(prot)}),
          "mprotect");
    });
  }
}

// What is dropped of private memory is lost, and the guest with it.
void InnerStress::drop(const HvaRange& piece) {
  if (!ram_.shared) return;
  const std::size_t pages = can_count_pages(ram_) ? pages_with(kPresentBit, pid_, piece).size() : 0;
  pages_dropped += pages;
  advise(drops, piece, MADV_DONTNEED, "MADV_DONTNEED", pages > 0);
}

// Populated by reading only, so nothing of the guest changes.
void InnerStress::toggle_alias(std::size_t offset) {
  const long alias = remote_.call(SYS_mmap, {0, piece_, mm::kReadWrite, MAP_SHARED,
                                             static_cast<unsigned>(ram_.fd), ram_.offset + offset});
  aliases.add(alias, "mmap");
  if (alias < 0) return;
  const auto address = static_cast<std::uint64_t>(alias);
  constexpr int kPopulateRead =
      22;  // MADV_POPULATE_READ, Linux 5.14; without it there is less to do
  remote_.call(SYS_madvise, {address, piece_, kPopulateRead});
  for (const int prot : kToggles)
    aliases.add(remote_.call(SYS_mprotect, {address, piece_, static_cast<unsigned>(prot)}),
                "mprotect");
  aliases.add(remote_.call(SYS_munmap, {address, piece_}), "munmap");
}

void InnerStress::toggle_ours() {
  for (std::size_t at = 0; at < piece_; at += ram_.page)
    (void)*static_cast<volatile char*>(ours_ + at);
  for (const int prot : kToggles)
    elsewhere.add(::mprotect(ours_, piece_, prot) == 0 ? 0 : -errno, "mprotect");
}

// The notifier is called for the whole mm, whatever is there (clear_refs_write). That the bits tell
// the truth is KVM's part too: it must fault again to write.
void InnerStress::clear_soft_dirty() {
  if (cleans.calls > 0) pages_soft_dirty += pages_with(kSoftDirtyBit, pid_, ram_.range).size();
  const std::string file = "/proc/" + std::to_string(pid_) + "/clear_refs";
  hear(cleans, by_us_, true, [&] { cleans.add(-lib::sysfs::try_write(file, "4"), "clear_refs"); });
}

void InnerStress::move(const HvaRange& piece) {
  constexpr std::size_t kMost = 512;
  std::vector<void*> pages;
  for (const std::size_t offset : pages_with(kPresentBit, pid_, piece))
    if (offset % ram_.page == 0 && pages.size() < kMost)
      pages.push_back(reinterpret_cast<void*>(piece.start + offset));
  if (pages.empty()) return;
  const unsigned target = nodes_[rounds % nodes_.size()];
  const auto on_target = [&] {
    const std::vector<int> nodes = nodes_of(pid_, pages);
    return std::count(nodes.begin(), nodes.end(), static_cast<int>(target));
  };
  const auto before = on_target();
  const std::uint64_t heard = by_us_.invalidations();
  moves.add(-move_pages_to(target, pid_, pages), "move_pages");
  const auto moved = std::max<long>(on_target() - before, 0);
  pages_moved += static_cast<unsigned long>(moved);
  moves.heard += by_us_.invalidations() - heard;
  moves.unheard += moved > 0 && by_us_.invalidations() == heard;
}

void InnerStress::compact() {
  hear(moves, by_us_, false, [&] {
    moves.add(-lib::sysfs::try_write("/proc/sys/vm/compact_memory", "1"), "compact_memory");
  });
}

// From a random piece on, the next one of which something is mapped.
HvaRange InnerStress::pick() {
  random_ = random_ * 1103515245 + 12345;
  const std::size_t pieces = ram_.range.length / piece_;
  const std::size_t first = (random_ >> 8) % pieces;
  for (std::size_t i = 0; i < pieces; ++i) {
    const HvaRange piece{ram_.range.start + (first + i) % pieces * piece_, piece_};
    if (!can_count_pages(ram_) || is_there(piece)) return piece;
  }
  return {ram_.range.start, piece_};
}

bool InnerStress::round() {
  const double start = lib::now_us();
  const HvaRange piece = pick();
  if (!remote_.attach()) return false;
  const std::size_t offset = piece.start - ram_.range.start;
  toggle_rights(piece);
  if (ram_.fd >= 0) toggle_alias(offset);
  advise(colds, piece, MADV_COLD, "MADV_COLD", false);
  advise(pageouts, {piece.start, std::min(piece.length, std::max(kPageoutSize, ram_.page))},
         MADV_PAGEOUT, "MADV_PAGEOUT", false);
  drop(piece);
  remote_.detach();
  if (can_count_pages(ram_) && nodes_.size() > 1) move(pick());
  if (nodes_.size() == 1 && rounds % kCompactEvery == 1) compact();
  if (can_count_pages(ram_) && rounds % kCleanEvery == 0) clear_soft_dirty();
  if (ours_) toggle_ours();
  ++rounds;
  round_times.push_back(lib::now_us() - start);
  return true;
}

}  // namespace kproof::kvm
