#include "sweep/hosting.hpp"

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

virt::ConnectSpec connect_spec(const std::string& uri, const std::string& qemu,
                               const Workshop& workshop, bool drops_root) {
  // libvirt's files are their owner's alone, and a cache may be shared.
  const std::string key = util::Hasher()
                              .add(qemu)
                              .add(workshop.emulator().string())
                              .add(std::to_string(::geteuid()))
                              .hex();
  const fs::path capabilities = kernel::default_cache() / "libvirt" / key;
  fs::create_directories(capabilities.parent_path());
  cache::use(capabilities);
  return {.uri = uri,
          .runtime_dir = {},
          .cache_dir = capabilities,
          .emulator = workshop.emulator(),
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
