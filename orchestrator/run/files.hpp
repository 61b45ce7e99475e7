// What one cell leaves in its directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace kproof::run {

struct CellFiles {
  std::filesystem::path dir;
  std::filesystem::path console() const { return dir / "console.log"; }  // serial, raw
  std::filesystem::path kmsg() const { return dir / "kmsg.log"; }        // /dev/kmsg records, raw
  std::filesystem::path ktap() const { return dir / "ktap.log"; }        // the case's stdout
  std::filesystem::path errors() const { return dir / "stderr.log"; }    // the case's stderr
  std::filesystem::path domain() const { return dir / "domain.xml"; }
  std::filesystem::path qemu() const { return dir / "qemu.log"; }
  std::filesystem::path result() const {
    return dir / "cell.json";
  }  // last: without it the cell is not finished

  // Role -> path below `root`, of those that exist.
  std::map<std::string, std::string> below(const std::filesystem::path& root) const {
    std::map<std::string, std::string> found;
    for (const auto& [role, path] : {std::pair{"console", console()},
                                     {"kmsg", kmsg()},
                                     {"ktap", ktap()},
                                     {"stderr", errors()},
                                     {"domain", domain()},
                                     {"qemu", qemu()}})
      if (std::filesystem::exists(path))
        found[role] = std::filesystem::relative(path, root).string();
    return found;
  }
};

}  // namespace kproof::run
