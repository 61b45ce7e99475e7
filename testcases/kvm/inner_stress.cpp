#include "kvm/inner_stress.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kproof::kvm {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr int kToggles[] = {PROT_READ, kReadWrite, PROT_NONE, kReadWrite};

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
      ::mmap(nullptr, length, kReadWrite, MAP_SHARED, fd, static_cast<off_t>(ram.offset));
  ::close(fd);
  return mapped == MAP_FAILED ? nullptr : static_cast<char*>(mapped);
}

InnerStress::InnerStress(pid_t pid, const InnerRam& ram, std::size_t piece)
    : pid_(pid),
      remote_(pid),
      ram_(ram),
      piece_(std::min((piece + ram.page - 1) / ram.page * ram.page, ram.range.length)),
      ours_(map_ours(pid, ram, piece_)) {}

InnerStress::~InnerStress() {
  if (ours_) ::munmap(ours_, piece_);
}

// Populated by reading only, so nothing of the guest changes.
void InnerStress::toggle_alias(std::size_t offset) {
  const long alias = remote_.call(SYS_mmap, {0, piece_, kReadWrite, MAP_SHARED,
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

// From a random piece on, the next one of which something is mapped.
HvaRange InnerStress::pick() {
  random_ = random_ * 1103515245 + 12345;
  const std::size_t pieces = ram_.range.length / piece_;
  const std::size_t first = (random_ >> 8) % pieces;
  for (std::size_t i = 0; i < pieces; ++i) {
    const HvaRange piece{ram_.range.start + (first + i) % pieces * piece_, piece_};
    if (!can_count_pages(ram_) || present_pages(pid_, piece) > 0) return piece;
  }
  return {ram_.range.start, piece_};
}

bool InnerStress::round() {
  const HvaRange piece = pick();
  if (!remote_.attach()) return false;
  const std::size_t offset = piece.start - ram_.range.start;
  const auto advise = [&](Tally& tally, int advice, const char* name) {
    tally.add(remote_.call(SYS_madvise, {piece.start, piece.length, static_cast<unsigned>(advice)}),
              name);
  };
  // What is dropped of private memory is lost, and the guest with it.
  if (ram_.shared) {
    if (can_count_pages(ram_)) pages_dropped += present_pages(pid_, piece);
    advise(drops, MADV_DONTNEED, "MADV_DONTNEED");
  }
  if (ram_.fd >= 0) toggle_alias(offset);
  advise(colds, MADV_COLD, "MADV_COLD");
  advise(pageouts, MADV_PAGEOUT, "MADV_PAGEOUT");
  remote_.detach();
  if (ours_) toggle_ours();
  ++rounds;
  return true;
}

}  // namespace kproof::kvm
