#include "kvm/stats.hpp"

#include <vector>

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::kvm {

static void read_at(int fd, void* data, std::size_t length, std::uint64_t offset) {
  lib::safe::pread(fd, data, length, offset, "pread of KVM's statistics");
}

// struct kvm_stats_desc, whose name follows it. The header's own is 4 bytes longer in C++ (an empty
// struct in __DECLARE_FLEX_ARRAY).
struct Descriptor {
  std::uint32_t flags;
  std::int16_t exponent;
  std::uint16_t size;
  std::uint32_t offset;
  std::uint32_t bucket_size;
};

// The layout is struct kvm_stats_header's: descriptors of one size, each with its name behind it.
Stats::Stats(Opened opened) : fd_(opened.fd) {
  kvm_stats_header header{};
  read_at(fd_, &header, sizeof header, 0);
  const std::size_t size = sizeof(Descriptor) + header.name_size;
  std::vector<char> descriptors(size * header.num_desc);
  read_at(fd_, descriptors.data(), descriptors.size(), header.desc_offset);
  for (std::size_t i = 0; i < header.num_desc; ++i) {
    const char* at = &descriptors[i * size];
    const auto* descriptor = reinterpret_cast<const Descriptor*>(at);
    offsets_[at + sizeof(Descriptor)] = header.data_offset + descriptor->offset;
  }
}

Stats::Stats(int fd)
    : Stats(Opened{static_cast<int>(
          lib::safe::check(::ioctl(fd, KVM_GET_STATS_FD, nullptr), "KVM_GET_STATS_FD"))}) {}

Stats::~Stats() {
  ::close(fd_);
}

std::uint64_t Stats::get(std::string_view name) const {
  const auto it = offsets_.find(name);
  if (it == offsets_.end()) return 0;
  std::uint64_t value = 0;
  read_at(fd_, &value, sizeof value, it->second);
  return value;
}

SpteCounts count_sptes(const Stats& vm) {
  return {vm.get("pages_4k"), vm.get("pages_2m"), vm.get("pages_1g")};
}

}  // namespace kproof::kvm
