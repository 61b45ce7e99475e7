#include "virt/cpu_models.hpp"

#include <algorithm>
#include <cstdlib>

#include "virt/handles.hpp"
#include "virt/library.hpp"

namespace kproof::virt {

std::vector<std::string> cpu_models() {
  prepare_library();
  // The driver that libvirt has for tests: names of models need no hypervisor.
  const ConnectHandle connection(virConnectOpen("test:///default"));
  char** names = nullptr;
  const int count =
      connection ? virConnectGetCPUModelNames(connection.get(), "x86_64", &names, 0) : -1;
  std::vector<std::string> models(names, names + std::max(count, 0));
  for (char** name = names; name && *name; ++name)
    std::free(*name);
  std::free(names);
  return models;
}

}  // namespace kproof::virt
