// This machine's QEMU, as a guest needs it to start a guest of its own with KVM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "image/host_program.hpp"

namespace kproof::image {

struct HostQemu {
  std::string program;  // its path, here and in the image: QEMU looks for its data from there
  Files files;          // the program too
};

// What QEMU opens to start a guest on q35 with -kernel and without VGA or network (strace, QEMU
// 7.2): SeaBIOS; pvh to start a vmlinux by its PVH entry; linuxboot_dma to start a bzImage, and
// multiboot_dma a flat binary of kvm-unit-tests; and kvmvapic, the only one without which an inner
// guest was seen to boot all the same.
struct QemuData {
  const char* name;
  const char* package;  // Debian's
};
inline constexpr QemuData qemu_data[] = {{"bios-256k.bin", "seabios"},
                                         {"kvmvapic.bin", "qemu-system-data"},
                                         {"linuxboot_dma.bin", "qemu-system-data"},
                                         {"multiboot_dma.bin", "qemu-system-data"},
                                         {"pvh.bin", "qemu-system-data"}};

// The qemu-system-x86_64 in PATH, its libraries and `qemu_data`. Nothing of QEMU's module directory
// comes along, so not accel-tcg-*.so either: Debian's QEMU then fails with "could not load module
// for type 'tcg-accel-ops'" and no inner guest can run without KVM unnoticed. HostError names the
// package when something is missing.
HostQemu host_qemu();

// The directories that `qemu-system-x86_64 -L help` prints, in the order of the search.
std::vector<std::filesystem::path> parse_data_directories(std::string_view text);

}  // namespace kproof::image
