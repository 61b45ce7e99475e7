#include "sweep/libvirt_session.hpp"

#include <algorithm>

#include <unistd.h>

#include "cache/use.hpp"
#include "kernel/store.hpp"
#include "resources/admission.hpp"
#include "resources/shared.hpp"
#include "sweep/room.hpp"
#include "util/hash.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

// What libvirt keeps there is its owner's alone; a cache may be shared, and none of ours to write.
static fs::path capabilities_of(const std::string& qemu, const fs::path& emulator) {
  const std::string key =
      util::Hasher().add(qemu).add(emulator.string()).add(std::to_string(::geteuid())).hex();
  const fs::path kept = kernel::default_cache() / "libvirt" / key;
  std::error_code ignored;
  fs::create_directories(kept, ignored);
  if (::access(kept.c_str(), W_OK) != 0) return {};
  cache::use(kept);
  return kept;
}

virt::ConnectSpec connect_spec(const std::string& uri, const std::string& qemu,
                               const Installation& installation, bool drops_root) {
  return {.uri = uri,
          .runtime_dir = {},
          .cache_dir = capabilities_of(qemu, installation.emulator()),
          .emulator = installation.emulator(),
          .emulator_drops_root = drops_root};
}

fs::path place_for_nvdimms(const std::vector<PreparedCell>& cells, unsigned jobs,
                           const std::function<void(const std::string&)>& say) {
  std::vector<resources::Needs> needs;
  std::uint64_t largest = 0;
  for (const PreparedCell& cell : cells) {
    needs.push_back(needs_of(cell));
    largest = std::max(largest, needs.back().shared);
  }
  const auto limits = resources::read_limits(resources::text_of);
  const auto at_once = resources::most_shared(needs, resources::whole_host(limits, 0), jobs);
  const auto memory = resources::shared_space(resources::kMemoryFiles);
  const fs::path disk = fs::temp_directory_path();
  const auto place = resources::choose_place(at_once, largest, memory, disk);
  if (!place.said.empty()) say(place.said);
  return place.in_memory ? fs::path(resources::kMemoryFiles) : disk;
}

}  // namespace kproof::sweep
