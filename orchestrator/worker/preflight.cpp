#include "worker/preflight.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "host/accel.hpp"
#include "resources/limits.hpp"
#include "resources/needs.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;

// 16-bit code that the firmware loads at 0x7c00:
//       cli; xor ax,ax; mov ds,ax; cld; mov si,text
//   1:  lodsb; test al,al; jz 2f; mov dx,0x3f8; out dx,al; jmp 1b     COM1
//   2:  mov dx,0xf4; mov al,0x10; out dx,al                           isa-debug-exit
//   3:  hlt; jmp 3b
std::string boot_sector() {
  static constexpr unsigned char kCode[] = {
      0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0xfc, 0xbe, 0x1d, 0x7c, 0xac, 0x84, 0xc0, 0x74, 0x06, 0xba,
      0xf8, 0x03, 0xee, 0xeb, 0xf5, 0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee, 0xf4, 0xeb, 0xfd};
  constexpr std::size_t kSector = 512;
  std::string sector(reinterpret_cast<const char*>(kCode), sizeof kCode);
  sector += kGuestSays;
  sector += '\n';
  sector.resize(kSector - 2, '\0');
  return sector + "\x55\xaa";
}

// isa-debug-exit: twice what was written there, and one.
static constexpr int kEnded = 0x10 * 2 + 1;

std::string try_guest(model::Accel accel, const fs::path& scratch) {
  const bool kvm = accel == model::Accel::kvm;
  const fs::path disk = scratch / "preflight.img";
  util::write_file_atomically(disk, boot_sector());
  const auto seen = util::run(
      {.argv = {"qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
                "-no-reboot", "-m", "32", "-accel", kvm ? "kvm" : "tcg", "-serial", "stdio",
                "-drive", "file=" + disk.string() + ",format=raw,if=ide,snapshot=off", "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4"},
       .directory = {},
       .deadline = std::chrono::minutes(2)});
  fs::remove(disk);
  if (seen.exit_code == kEnded && seen.out.find(kGuestSays) != seen.out.npos) return "";
  std::string said = seen.err.empty() ? seen.out : seen.err;
  said = said.substr(0, said.find('\n'));
  return fmt::format("no guest boots here with {}: {}", kvm ? "KVM" : "TCG",
                     seen.timed_out ? "it hung for two minutes"
                                    : fmt::format("QEMU ended with {}{}{}", seen.exit_code,
                                                  said.empty() ? "" : ": ", said));
}

static std::string check_room(const Batch& batch, const fs::path& scratch) {
  if (batch.items.empty()) return "";
  const std::uint64_t least = std::ranges::min_element(batch.items, {}, &Item::memory)->memory;
  const auto limits = resources::read_limits(resources::text_of);
  const auto& memory = resources::least(limits.memory, &resources::Limit::total);
  if (memory.total < least)
    return fmt::format("{} of memory for guests, and the smallest cell needs {} ({})",
                       resources::gib(memory.total), resources::gib(least), memory.why);
  constexpr std::uint64_t kScratch = 1ull << 30;  // images and logs
  const auto space = fs::space(scratch);
  if (space.available < kScratch)
    return fmt::format("{} has {} free, and images and logs need {}", scratch.string(),
                       resources::gib(space.available), resources::gib(kScratch));
  return "";
}

std::string preflight(const Batch& batch, const fs::path& scratch) {
  try {
    const auto accel = host::resolve_accel(batch.accel, host::probe_kvm()).accel;
    if (std::string lack = try_guest(accel, scratch); !lack.empty()) return lack;
    return check_room(batch, scratch);
  } catch (const Error& error) {
    return error.hint().empty() ? error.what() : fmt::format("{}; {}", error.what(), error.hint());
  } catch (const fs::filesystem_error& error) {
    return error.what();
  }
}

}  // namespace kproof::worker
