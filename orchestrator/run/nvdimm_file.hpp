// What an NVDIMM of a guest is made of on the host.
#pragma once

#include <cstdint>
#include <filesystem>

namespace kproof::run {

// A sparse file that lives as long as the guest maps it: unlinked once QEMU has it open, it goes
// with QEMU, however that ends.
class NvdimmFile {
 public:
  // Of `size` bytes; none for 0. HostError when it cannot be made.
  NvdimmFile(const std::filesystem::path& path, std::uint64_t size);
  ~NvdimmFile() { unlink(); }
  NvdimmFile(const NvdimmFile&) = delete;
  NvdimmFile& operator=(const NvdimmFile&) = delete;
  void unlink() noexcept;

 private:
  std::filesystem::path path_;
};

}  // namespace kproof::run
